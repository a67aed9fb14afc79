package nexus.page;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nexus.access.session.PageCalls;
import nexus.access.session.PageCalls.PageCall;
import nexus.access.session.Visitor;

/**
 * The API of this process, with the rights of one visitor. It is called over HTTP at the address that the visitor's own
 * request arrived at, so a page cannot do anything that a program with the same key could not.
 */
public final class PageApi {
    /** Longer than the API waits for its database. */
    private static final Duration PATIENCE = Duration.ofSeconds(35);

    private static final String NO_ANSWER = """
            {"status":503,"code":"unavailable","detail":"The API of this process does not answer. Try again."}""";

    private final HttpClient client;
    private final PageCalls calls;
    private final PageCall call;
    private final SocketAddress address;

    PageApi(HttpClient client, PageCalls calls, Visitor visitor, HttpServerRequest request) {
        this.client = client;
        this.calls = calls;
        this.call = new PageCall(
                visitor,
                Optional.ofNullable(request.remoteAddress()).map(SocketAddress::hostAddress),
                Optional.ofNullable(request.getHeader(HttpHeaders.USER_AGENT)));
        this.address = request.localAddress();
    }

    /** @param path with its query; use {@link PageRequest#encode} for what comes from outside */
    public Future<ApiAnswer> get(String path) {
        return send(HttpMethod.GET, path, Optional.empty());
    }

    /** Without a body. */
    public Future<ApiAnswer> post(String path) {
        return send(HttpMethod.POST, path, Optional.empty());
    }

    public Future<ApiAnswer> post(String path, String json) {
        return send(HttpMethod.POST, path, Optional.of(json));
    }

    public Future<ApiAnswer> patch(String path, String json) {
        return send(HttpMethod.PATCH, path, Optional.of(json));
    }

    public Future<ApiAnswer> delete(String path) {
        return send(HttpMethod.DELETE, path, Optional.empty());
    }

    /** Never fails: an API that does not answer is an answer with the status 503. */
    private Future<ApiAnswer> send(HttpMethod method, String path, Optional<String> json) {
        String name = calls.announce(call);
        RequestOptions options = new RequestOptions()
                .setMethod(method)
                .setServer(address)
                .setHost("localhost") // embedded mode without keys answers to no other name
                .setPort(address.port())
                .setURI(path)
                .putHeader(PageCalls.HEADER, name);
        return client.request(options)
                .compose(request -> answer(request, json))
                .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .otherwise(failure -> new ApiAnswer(failure instanceof TimeoutException ? 504 : 503, NO_ANSWER))
                .onComplete(done -> calls.forget(name));
    }

    private static Future<ApiAnswer> answer(HttpClientRequest request, Optional<String> json) {
        json.ifPresent(body -> request.putHeader(HttpHeaders.CONTENT_TYPE, "application/json"));
        return json.map(body -> request.send(Buffer.buffer(body)))
                .orElseGet(request::send)
                .compose(
                        response -> response.body().map(body -> new ApiAnswer(response.statusCode(), body.toString())));
    }
}
