"""Environment of moto, read when it is imported; the sandbox sets it first.

Source: moto/settings.py
"""

from typing import Final

MOTO_ENVIRONMENT: Final = {
    "MOTO_ACCOUNT_ID": "123456789012",
    "MOTO_ACM_VALIDATION_WAIT": "1",  # seconds until a certificate is issued
    "MOTO_DISABLE_GLOBAL_CORS": "1",  # or any page in a browser could call it
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_ENABLE_KEYPAIR_VALIDATION": "true",
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",  # AmazonECSTaskExecutionRolePolicy and all the others exist
}
