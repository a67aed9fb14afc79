package nexus.bench.phase;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The ceiling, as a process of its own: posts one body over and over with the client that the room {@code webhook} uses,
 * set up in the same way and on one event loop, and does nothing else. For each line of input, a number of milliseconds,
 * it posts for so long and prints how many were answered in how many nanoseconds.
 */
public final class Poster {
    private static final int CONNECTIONS = 1024;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final HttpClient client = vertx.createHttpClient(
            new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_1_1)
                    .setKeepAlive(true)
                    .setPipelining(false)
                    .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS).setMaxWaitQueueSize(CONNECTIONS));
    private final RequestOptions request;
    private final Buffer body;

    private long answered; // by the context's thread alone, as all below
    private int underWay;
    private long deadline;

    private Poster(int port, Buffer body) {
        this.request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/blind");
        this.body = body;
    }

    /** @param args the receiver's port, requests at the same time, the file with the body */
    public static void main(String[] args) throws IOException, InterruptedException {
        Poster poster = new Poster(Integer.parseInt(args[0]), Buffer.buffer(Files.readAllBytes(Path.of(args[2]))));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(poster.post(Integer.parseInt(args[1]), Long.parseLong(line)));
        }
        System.exit(0);
    }

    private String post(int concurrency, long millis) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        long start = System.nanoTime();
        context.runOnContext(ignored -> {
            answered = 0;
            deadline = start + TimeUnit.MILLISECONDS.toNanos(millis);
            for (int i = 0; i < concurrency; i++) {
                underWay++;
                postAgain(done);
            }
        });
        done.await();
        return answered + " " + (System.nanoTime() - start);
    }

    private void postAgain(CountDownLatch done) {
        if (System.nanoTime() - deadline > 0) {
            underWay--;
            if (underWay == 0) {
                done.countDown();
            }
            return;
        }
        client.request(request)
                .compose(opened -> {
                    opened.headers().set(HttpHeaders.CONTENT_TYPE, "application/json");
                    return opened.send(body);
                })
                .compose(response -> response.end())
                .onComplete(end -> {
                    answered += end.succeeded() ? 1 : 0;
                    postAgain(done);
                });
    }
}
