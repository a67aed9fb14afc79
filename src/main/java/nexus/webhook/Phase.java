package nexus.webhook;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.InetAddress;
import java.util.List;
import java.util.function.BiConsumer;
import nexus.webhook.connection.Connector.Opened;
import nexus.webhook.connection.Resends;
import nexus.webhook.connection.Resends.Resend;
import org.jspecify.annotations.Nullable;

/** The phase of an {@link Exchange}. Each phase holds exactly the data that is known in it. */
sealed interface Phase {
    /** Continues "timed out". */
    String doing();

    /** The request when its bytes may be on the wire; null before that. */
    default @Nullable HttpClientRequest written() {
        return null;
    }

    /** The host name is being looked up. */
    record Resolving() implements Phase {
        static final Resolving INSTANCE = new Resolving();

        @Override
        public String doing() {
            return "looking up the name";
        }
    }

    /** The access token is not there yet. */
    record Authorizing(List<InetAddress> addresses) implements Phase {
        @Override
        public String doing() {
            return "waiting for an access token";
        }
    }

    /**
     * A connection is being opened, or will be after a wait.
     *
     * @param addresses judged ones, at least one
     * @param authorization the value of the header {@code Authorization}; empty when the request has none
     * @param resends how often the request was sent already without an answer
     */
    record Connecting(List<InetAddress> addresses, String authorization, Resends resends) implements Phase {
        @Override
        public String doing() {
            return "connecting";
        }
    }

    /** The request is written or being written, and its answer has not begun. Handles the failures of its request. */
    final class Answering implements Phase, Handler<Throwable> {
        private final Exchange exchange;
        private final Connecting connected;
        private final Opened opened;

        Answering(Exchange exchange, Connecting connected, Opened opened) {
            this.exchange = exchange;
            this.connected = connected;
            this.opened = opened;
        }

        @Override
        public HttpClientRequest written() {
            return opened.request();
        }

        String authorization() {
            return connected.authorization();
        }

        /** Takes the headers of the request. */
        BiConsumer<CharSequence, CharSequence> headers() {
            return opened.connection().headers(opened.request());
        }

        /** The next phase when the request is sent again. */
        Connecting again(Resends resends) {
            return new Connecting(connected.addresses(), connected.authorization(), resends);
        }

        /** The next phase when another kind of connection is needed, which counts as no resend. */
        Connecting again() {
            return connected;
        }

        @Override
        public void handle(Throwable cause) {
            exchange.failed(this, cause);
        }

        boolean requiresHttp1(Throwable cause) {
            return opened.requiresHttp1(cause);
        }

        /** @return the wait, or nothing when the request is not sent again */
        @Nullable
        Resend resendAfter(Throwable cause) {
            return connected.resends().after(opened.isUnprocessed(cause), opened.isStale(cause));
        }

        @Override
        public String doing() {
            return "waiting for the answer";
        }
    }

    /** The answer's head is there, and its body is being read. */
    final class Reading implements Phase {
        private final Answering answered;
        private final HttpClientResponse head;
        private @Nullable Buffer body;

        Reading(Answering answered, HttpClientResponse head) {
            this.answered = answered;
            this.head = head;
        }

        @Override
        public HttpClientRequest written() {
            return answered.written();
        }

        Answering answered() {
            return answered;
        }

        HttpClientResponse head() {
            return head;
        }

        /**
         * Takes the next part of the body.
         *
         * @param most bytes that are kept of a body
         * @return false when the body is longer than that
         */
        boolean add(Buffer chunk, int most) {
            Buffer read = body;
            if (read == null) {
                read = Buffer.buffer();
                body = read;
            }
            int room = most - read.length();
            if (chunk.length() <= room) {
                read.appendBuffer(chunk);
                return true;
            }
            read.appendBuffer(chunk, 0, room);
            return false;
        }

        /** The body as far as it is there, without NUL, which a text of PostgreSQL cannot have. */
        String text() {
            return body == null ? "" : body.toString().replace("\0", "");
        }

        @Override
        public String doing() {
            return "reading the answer's body";
        }
    }
}
