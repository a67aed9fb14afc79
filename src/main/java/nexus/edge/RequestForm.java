package nexus.edge;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.net.HostAndPort;
import java.util.List;
import java.util.Optional;
import nexus.api.problem.Problem;

/** Checks the head of a request independently of its content (RFC 9112). */
final class RequestForm {
    private RequestForm() {}

    static Optional<Problem> refusal(HttpRequest request) {
        if (isRefusedMethod(request.method())) {
            return Optional.of(Problem.ofStatus(405));
        }
        if (request.decoderResult().isFailure()) {
            return Optional.of(unreadable(request.decoderResult()));
        }
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return Optional.of(new Problem(505, "version-not-supported", "Nexus speaks HTTP/1.1 and HTTP/1.0."));
        }
        if (!RequestTarget.isReadable(request.uri())) {
            return malformed("The URL is neither a path nor one of http, or is not percent-encoded UTF-8.");
        }
        if (request.uri().equals("*")) { // only OPTIONS may address the whole server
            return request.method().equals(HttpMethod.OPTIONS)
                    ? Optional.of(Problem.ofStatus(404))
                    : malformed("The URL * is for OPTIONS alone.");
        }
        return headers(request.headers(), version.equals(HttpVersion.HTTP_1_1));
    }

    /** CONNECT is for proxies, and TRACE would return a request's headers to a page. */
    static boolean isRefusedMethod(HttpMethod method) {
        return method.equals(HttpMethod.TRACE) || method.equals(HttpMethod.CONNECT);
    }

    static Problem unreadable(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException ignored ->
                new Problem(414, "uri-too-long", "The first line of a request may have 8 KiB at most.");
            case TooLongHttpHeaderException ignored ->
                new Problem(431, "headers-too-large", "The headers of a request may have 16 KiB at most.");
            case null, default -> Problem.ofStatus(400);
        };
    }

    private static Optional<Problem> headers(HttpHeaders headers, boolean needsHost) {
        if (headers.contains("")) {
            return malformed("A header has no name.");
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && needsHost)) {
            return malformed("A request has exactly one Host header.");
        }
        if (!hosts.isEmpty()
                && (hosts.getFirst().isEmpty() || HostAndPort.parseAuthority(hosts.getFirst(), 80) == null)) {
            return malformed("The Host header names no host.");
        }
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!encodings.isEmpty()
                && (!needsHost
                        || !encodings.equals(List.of(HttpHeaderValues.CHUNKED.toString()))
                        || headers.contains(HttpHeaderNames.CONTENT_LENGTH))) {
            return malformed("Transfer-Encoding may only be chunked, and stand without Content-Length.");
        }
        String expectation = headers.get(HttpHeaderNames.EXPECT);
        if (expectation != null && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
            return Optional.of(new Problem(417, "expectation-failed", "Expect may only be 100-continue."));
        }
        return Optional.empty();
    }

    private static Optional<Problem> malformed(String detail) {
        return Optional.of(new Problem(400, "malformed", detail));
    }
}
