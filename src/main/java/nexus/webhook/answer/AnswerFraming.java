package nexus.webhook.answer;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an answer's headers say about its own end. */
final class AnswerFraming {
    private AnswerFraming() {}

    /** Whether its transfer encoding is one that Nexus decodes. */
    static boolean isKnown(HttpResponse answer) {
        List<String> encodings = answer.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return encodings.isEmpty()
                || (encodings.size() == 1 && (is(encodings, "chunked") || is(encodings, "identity")));
    }

    /** Why bytes may follow although the answer is complete; null when its framing leaves nothing. */
    static @Nullable String leftover(HttpResponse answer) {
        HttpHeaders headers = answer.headers();
        int status = answer.status().code();
        boolean hasEncoding = headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
        if (status == 204 || status == 205 || status == 304) {
            return hasEncoding
                            || headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").matches(".*[1-9].*")
                    ? "its answer announces a body that it cannot have"
                    : null;
        } else if (hasEncoding && answer.protocolVersion().equals(HttpVersion.HTTP_1_0)) {
            return "its answer of HTTP/1.0 has a Transfer-Encoding";
        } else {
            return hasEncoding && !is(headers.getAll(HttpHeaderNames.TRANSFER_ENCODING), "chunked")
                    ? "its answer's Transfer-Encoding is not chunked"
                    : null;
        }
    }

    /** Whether the receiver closes the connection after this answer. */
    static boolean isLast(HttpResponse answer) {
        HttpHeaders headers = answer.headers();
        if (headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true)) {
            return true;
        }
        return answer.protocolVersion().equals(HttpVersion.HTTP_1_0)
                && !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE, true);
    }

    private static boolean is(List<String> values, String value) {
        return values.getFirst().strip().equalsIgnoreCase(value);
    }
}
