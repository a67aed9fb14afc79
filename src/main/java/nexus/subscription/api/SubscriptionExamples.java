package nexus.subscription.api;

/** Bodies for the OpenAPI document. */
interface SubscriptionExamples {
    String CREATE = """
            {"name": "Orders to billing",
             "endpointUrl": "https://billing.example.com/hooks/nexus",
             "eventTypes": ["pg.public.orders.*", "order.**"],
             "headers": {"Authorization": "Bearer t0ken"}}""";

    String CREATED = """
            {"id": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55",
             "name": "Orders to billing",
             "endpointUrl": "https://billing.example.com/hooks/nexus",
             "eventTypes": ["pg.public.orders.*", "order.**"],
             "isEnabled": true,
             "format": "default",
             "targetType": "WEBHOOK",
             "headers": {"Authorization": "***"},
             "ordering": "key",
             "concurrency": 32,
             "rateLimit": null,
             "signing": "hmac", "publicKey": null, "auth": null, "tls": null,
             "retry": {"maxAttempts": null, "baseSeconds": null, "cap": null},
             "deadOn": [],
             "disabledReason": null,
             "createdAt": "2026-01-31T18:20:43.400Z",
             "updatedAt": "2026-01-31T18:20:43.400Z",
             "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
             "warnings": []}""";

    String SHOWN = """
            {"id": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55",
             "name": "Orders to billing",
             "endpointUrl": "https://billing.example.com/hooks/nexus",
             "eventTypes": ["pg.public.orders.*", "order.**"],
             "isEnabled": true,
             "format": "default",
             "targetType": "WEBHOOK",
             "headers": {"Authorization": "***"},
             "ordering": "key",
             "concurrency": 32,
             "rateLimit": null,
             "signing": "hmac", "publicKey": null, "auth": null, "tls": null,
             "retry": {"maxAttempts": null, "baseSeconds": null, "cap": null},
             "deadOn": [],
             "disabledReason": null,
             "createdAt": "2026-01-31T18:20:43.400Z",
             "updatedAt": "2026-01-31T18:20:43.400Z",
             "warnings": []}""";

    String ROTATED = """
            {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
             "oldSecretExpiresAt": "2026-02-01T18:20:43.400Z"}""";

    String LIST = "{\"data\": [" + SHOWN + "], \"next\": null}";

    String CHANGE = """
            {"isEnabled": true, "concurrency": 8, "rateLimit": 50,
             "retry": {"maxAttempts": 5, "baseSeconds": 2, "cap": "10m"}}""";
}
