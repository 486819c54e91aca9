"""What a platform team gives its users: a network, a cluster, a topic; typed outputs for other stacks."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("platform", cidr_block="10.40.0.0/16")
subnets = {
    zone: aws.ec2.Subnet(
        f"platform-{zone[-1]}", vpc_id=vpc.id, availability_zone=zone, cidr_block=f"10.40.{index}.0/24"
    )
    for index, zone in enumerate(aws.get_availability_zones().names[:2])
}
cluster = aws.ecs.Cluster("platform", settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")])
topic = aws.sns.Topic("orders", kms_master_key_id="alias/aws/sns")

pulumi.export("vpcId", vpc.id)
pulumi.export("subnetIds", [subnet.id for subnet in subnets.values()])
pulumi.export("cluster", {"arn": cluster.arn, "name": cluster.name})
pulumi.export("topicArn", topic.arn)
pulumi.export("password", pulumi.Output.secret("hush-hush"))
