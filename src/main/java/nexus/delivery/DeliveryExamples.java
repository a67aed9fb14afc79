package nexus.delivery;

/** Bodies for the OpenAPI document. */
interface DeliveryExamples {
    String FIELDS = """
            {"id": "dlv_1_20260131_12_3_4567", "eventId": "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11",
             "subscriptionId": "6f0c1b9e-2f6c-4c1a-8a35-4f0d9a5b7c21",""";

    String IN_LIST = FIELDS + """
             "status": "FAILED", "deadReason": null, "attempts": 1, "nextRunAt": "2026-01-31T18:20:49.300Z",
             "lastStatusCode": 503, "lastError": "answered 503", "createdAt": "2026-01-31T18:20:43.402Z",
             "updatedAt": "2026-01-31T18:20:44.161Z\"""";

    String LOG = """
            , "attemptLog": [
                {"attempt": 1, "at": "2026-01-31T18:20:44.120Z", "statusCode": 503, "error": "answered 503",
                 "durationMs": 41, "responseBody": "try again later", "nextRunAt": "2026-01-31T18:20:49.300Z"}]}""";

    String DELIVERIES = "{\"data\": [" + IN_LIST + "}], \"next\": null}";

    String SHOWN = IN_LIST + LOG;

    String CANCELLED = FIELDS + """
             "status": "DEAD", "deadReason": "cancelled", "attempts": 1, "nextRunAt": null, "lastStatusCode": 503,
             "lastError": "answered 503", "createdAt": "2026-01-31T18:20:43.402Z",
             "updatedAt": "2026-01-31T18:20:47.015Z\"""" + LOG;

    String SUMMARY = """
            {"id": "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11", "type": "user.created", "status": "PROCESSING",
             "createdAt": "2026-01-31T18:20:43.400Z",
             "deliveries": {"PENDING": 0, "SENT": 1, "FAILED": 1, "DEAD": 0},
             "nextRunAt": "2026-01-31T18:20:49.300Z"}""";

    String EVENTS = "{\"data\": [" + SUMMARY + "], \"next\": \"ZXZlbnRzCjQ0\"}";

    String EVENT = """
            {"id": "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11", "type": "user.created",
             "createdAt": "2026-01-31T18:20:43.400Z", "status": "PROCESSING",
             "payload": {"data": {"userId": "u_123"}, "metadata": {"source": "auth-service"}},
             "payloadErased": false, "payloadErasedAt": null,
             "deliveries": [""" + SHOWN + "]}";
}
