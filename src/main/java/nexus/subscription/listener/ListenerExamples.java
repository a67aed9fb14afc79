package nexus.subscription.listener;

/** Bodies for the OpenAPI document. */
interface ListenerExamples {
    String CREATE = """
            {"name": "New users", "source_table": "users", "event": "INSERT",
             "target_url": "https://crm.example.com/hooks"}""";

    String LISTENER = """
            {"id": "0b7b4f5c-9f0e-4f6a-8f8e-1d1c4b6a7e21", "name": "New users", "source_table": "users",
             "event": "INSERT", "target_type": "WEBHOOK", "target_url": "https://crm.example.com/hooks",
             "created_at": "2026-01-31T18:20:43.400Z\"""";

    String CREATED = "{\"success\": true, \"message\": \"Listener created successfully\", \"data\": " + LISTENER
            + ", \"secret\": \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=\"}}";

    String LIST = "{\"success\": true, \"count\": 1, \"data\": [" + LISTENER + "}]}";
}
