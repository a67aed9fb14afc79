package nexus.publish;

/** Bodies for the OpenAPI document. */
interface PublishExamples {
    String EVENT = """
            {"type": "user.created",
             "data": {"userId": "u_123", "balance": 12.50},
             "metadata": {"source": "auth-service"},
             "orderingKey": "u_123"}""";

    String ACCEPTED = """
            {"eventId": "01990c5e-8f3a-7c21-9d7b-3f2a1b4c5d6e", "status": "PENDING", "deduplicated": false,
             "deliveries": 2}""";

    String BATCH = """
            {"events": [{"type": "user.created", "data": {"userId": "u_123"}, "eventId": "signup-123"},
                        {"type": "user.renamed", "data": {"userId": "u_123"}}]}""";

    String BATCH_ACCEPTED = """
            {"events": [{"eventId": "01990c5e-8f3a-7c21-9d7b-3f2a1b4c5d6e", "status": "PENDING",
                         "deduplicated": false, "deliveries": 2},
                        {"eventId": "01990c5e-8f3a-7c22-8a10-0b9c8d7e6f5a", "status": "DELIVERED",
                         "deduplicated": false, "deliveries": 0}]}""";
}
