"""Objects of a bucket, made from files beside the program."""

import pulumi
import pulumi_aws as aws

bucket = aws.s3.Bucket("files", force_destroy=True)
sources: dict[str, pulumi.Asset | pulumi.Archive] = {
    "page": pulumi.FileAsset("site/index.html"),
    "folder": pulumi.FileArchive("site"),
    "both": pulumi.AssetArchive({"a.txt": pulumi.StringAsset("a"), "site": pulumi.FileArchive("./site")}),
}
for name, source in sources.items():
    aws.s3.BucketObjectv2(name, bucket=bucket.id, key=name, source=source)
pulumi.export("bucket", bucket.id)
