package nexus.webhook;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.impl.VertxInternal;
import java.net.URI;
import java.util.List;
import java.util.Map;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Parcel;
import nexus.shape.TestParcel;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SendingLoop;
import nexus.target.WebhookTarget;
import nexus.target.credential.TargetAccess;

/** All that one request is made of. */
record TestRequest(WebhookTarget target, Parcel parcel, int attempt) {
    TestRequest(
            URI endpoint,
            EventId id,
            EventType type,
            int attempt,
            Buffer body,
            List<byte[]> keys,
            Map<String, String> headers,
            TargetAccess access) {
        this(new WebhookTarget(endpoint, headers, keys, access), TestParcel.of(id, type, body), attempt);
    }

    static Future<SendResult> send(WebhookSender sender, TestRequest request) {
        return send(sender, request, Permission.ALWAYS);
    }

    static Future<SendResult> send(WebhookSender sender, TestRequest request, Permission permission) {
        return sender.send(request.target, request.parcel, request.attempt, permission);
    }

    /** A loop of its own for a sender. */
    static SendingLoop loop(Vertx vertx) {
        Context context = ((VertxInternal) vertx).createEventLoopContext();
        return () -> context;
    }
}
