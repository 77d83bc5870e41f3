"""What an application can use of the OpenAPI document: its models, its generator and its pages."""
