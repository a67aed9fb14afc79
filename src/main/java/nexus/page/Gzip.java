package nexus.page;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses answers. No document contains a secret beside text of others, so its length reveals nothing. */
final class Gzip {
    /** A shorter answer fits in one packet anyway. */
    private static final int WORTH_IT = 1_024;

    private Gzip() {}

    static Buffer of(Buffer content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length() / 3 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return Buffer.buffer(out.toByteArray());
    }

    static void end(RoutingContext context, Buffer content) {
        boolean isLong = content.length() >= WORTH_IT && isAccepted(context);
        end(context, content, isLong ? of(content) : content);
    }

    /** @param compressed the same bytes when it is not worth it */
    static void end(RoutingContext context, Buffer content, Buffer compressed) {
        HttpServerResponse response = context.response();
        boolean isCompressed = compressed.length() < content.length() && isAccepted(context);
        Buffer sent = isCompressed ? compressed : content;
        if (isCompressed) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaderValues.GZIP);
        }
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(sent.length()))
                    .end();
        } else {
            response.end(sent);
        }
    }

    private static boolean isAccepted(RoutingContext context) {
        String accepted = context.request().getHeader(HttpHeaders.ACCEPT_ENCODING);
        return accepted != null
                && accepted.contains("gzip")
                && !accepted.replace(" ", "").contains("gzip;q=0,");
    }
}
