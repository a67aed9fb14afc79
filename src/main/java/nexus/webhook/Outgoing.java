package nexus.webhook;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Map;
import nexus.shape.Parcel;
import nexus.target.WebhookTarget;
import nexus.target.credential.TargetAccess;
import nexus.template.RequestParts;

/** One request over HTTP, apart from how it gets to its receiver. */
public sealed interface Outgoing {
    /** The event that it is about. */
    Parcel parcel();

    URI endpoint();

    /** The subscriber's own. */
    Map<String, String> headers();

    TargetAccess access();

    /** Method, and what is appended to the path. */
    RequestParts request();

    Buffer body();

    /** What an answer means that is no success. */
    AnswerMeaning meaning();

    /** Whether each part of the URL is a credential. */
    boolean isEndpointSecret();

    /** A webhook. */
    record Signed(WebhookTarget target, @Override Parcel parcel) implements Outgoing {
        @Override
        public URI endpoint() {
            return target.endpoint();
        }

        @Override
        public Map<String, String> headers() {
            return target.headers();
        }

        @Override
        public TargetAccess access() {
            return target.access();
        }

        @Override
        public RequestParts request() {
            return parcel.request();
        }

        @Override
        public Buffer body() {
            return parcel.body();
        }

        @Override
        public AnswerMeaning meaning() {
            return AnswerMeaning.OF_WEBHOOKS;
        }

        @Override
        public boolean isEndpointSecret() {
            return false;
        }
    }

    /** A request to the API of a product, which knows nothing of Nexus's headers. */
    record Unsigned(
            @Override Parcel parcel,
            @Override URI endpoint,
            @Override TargetAccess access,
            CharSequence contentType,
            @Override Buffer body,
            @Override AnswerMeaning meaning,
            @Override boolean isEndpointSecret)
            implements Outgoing {
        @Override
        public Map<String, String> headers() {
            return Map.of();
        }

        @Override
        public RequestParts request() {
            return RequestParts.DEFAULT;
        }

        /** The URL and the credentials stay out of logs. */
        @Override
        public String toString() {
            return "Unsigned[redacted]";
        }
    }
}
