"""Every look-up of the sandbox, by the SDK's own typed functions, in preview and in update."""

import pulumi
import pulumi_aws as aws

vpc = aws.ec2.Vpc("seen", cidr_block="10.40.0.0/16", tags={"Name": "looked-up"})
subnet = aws.ec2.Subnet("seen", vpc_id=vpc.id, cidr_block="10.40.1.0/24")
repository = aws.ecr.Repository("seen", force_delete=True)
cluster = aws.ecs.Cluster("seen")
topic = aws.sns.Topic("seen")
role = aws.iam.Role("seen", assume_role_policy='{"Version": "2012-10-17", "Statement": []}')

found = aws.ec2.get_vpc_output(id=vpc.id)
image = aws.ec2.get_ami(
    most_recent=True,
    owners=["amazon"],
    name_regex="^al2023-ami-2023",
    filters=[{"name": "architecture", "values": ["x86_64"]}],
)
parameter = aws.ssm.get_parameter(
    name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64", with_decryption=False
)
token = aws.ecr.get_authorization_token()
# From the subnet, not from the VPC: the look-up would run before there is a subnet to find.
in_vpc = subnet.vpc_id.apply(lambda each: [aws.ec2.GetSubnetsFilterArgs(name="vpc-id", values=[each])])
outputs = {
    "account": aws.get_caller_identity().account_id,
    "cluster": aws.ecs.get_cluster_output(cluster_name=cluster.name).arn,
    "defaultTags": aws.get_default_tags().tags,
    "group": aws.ec2.get_security_group_output(vpc_id=vpc.id, name="default").id,
    "image": image.architecture,
    "images": aws.ecr.get_images_output(repository_name=repository.name).image_ids,
    "parameter": parameter.type,
    "partition": aws.get_partition().partition,
    "region": aws.get_region().region,
    "repository": aws.ecr.get_repository_output(name=repository.name).repository_url,
    "role": aws.iam.get_role_output(name=role.name).arn,
    "subnet": aws.ec2.get_subnet_output(id=subnet.id).cidr_block,
    "subnets": aws.ec2.get_subnets_output(filters=in_vpc).ids,
    "topic": aws.sns.get_topic_output(name=topic.name).arn,
    "user": token.user_name,
    "vpc": found.cidr_block,
    "vpcAssociations": found.cidr_block_associations.apply(lambda each: [one.cidr_block for one in each]),
    "zones": aws.get_availability_zones(state="available").names,
}
for name, value in outputs.items():
    pulumi.export(name, value)
