package nexus.access.key;

/** Bodies for the OpenAPI document. */
public interface AccessExamples {
    String CREATE_KEY = """
            {"name": "shop backend", "scopes": ["publish", "read"], "expiresAt": "2030-01-01T00:00:00Z"}""";

    String KEY_CREATED = """
            {"id": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55", "name": "shop backend", "scopes": ["publish", "read"],
             "expiresAt": "2030-01-01T00:00:00.000Z", "createdAt": "2026-01-31T18:20:43.400Z", "lastUsedAt": null,
             "key": "nxs_8Qm3sHk0p2yXn6cVb1tRz5uWe9aLd4fGj7iOoKxMvN0"}""";

    String KEY = """
            {"id": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55", "name": "shop backend", "scopes": ["publish", "read"],
             "expiresAt": "2030-01-01T00:00:00.000Z", "createdAt": "2026-01-31T18:20:43.400Z",
             "lastUsedAt": "2026-02-01T09:00:00.000Z"}""";

    String KEYS = "{\"data\": [" + KEY + "], \"next\": null}";

    String AUDIT = """
            {"data": [{"id": "17", "at": "2026-01-31T18:20:43.400Z", "actor": "7c0f2f3e-5a0c-4b7e-9d4e-2f6a3c1b8e55",
                       "actorName": "shop backend", "address": "203.0.113.7", "userAgent": "curl/8.5.0",
                       "method": "PATCH", "path": "/v1/subscriptions/6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21",
                       "resourceId": "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21", "fields": ["endpointUrl"],
                       "status": 200}],
             "next": null}""";
}
