"""What AWS asks for in ap-south-1, in US dollars, as it was known at the date below.

It was not compared with AWS's lists since. Prices change, and free tiers, taxes and discounts are not in them: check
them before you decide by them.
https://aws.amazon.com/lambda/pricing/ https://aws.amazon.com/dynamodb/pricing/on-demand/
https://aws.amazon.com/api-gateway/pricing/ https://aws.amazon.com/sns/pricing/ https://aws.amazon.com/sqs/pricing/
"""

AS_OF = "2025-01"
REGION = "ap-south-1"
LAMBDA_REQUEST = 0.20e-6
LAMBDA_GB_SECOND = 0.0000133334  # arm64
READ_UNIT = 0.1425e-6  # DynamoDB on demand
WRITE_UNIT = 0.7125e-6
API_REQUEST = 3.50e-6  # REST API
SNS_PUBLISH = 0.50e-6
SQS_REQUEST = 0.40e-6
