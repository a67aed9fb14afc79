package nexus;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.RawHttp;
import nexus.testkit.RawReceiver;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients and receivers that mean harm: what they can hold is bounded, and the others do not feel it. */
class AbuseIT {
    private static final int MAX_CONNECTIONS = 200;

    @AutoClose
    private static PackagedNexus nexus;

    @BeforeAll
    static void startNexus() {
        nexus = PackagedNexus.start(Map.of(
                "JAVA_TOOL_OPTIONS",
                "-Dquarkus.http.idle-timeout=4s -Dnexus.api.request-timeout=3s -Dnexus.edge.api-connections="
                        + MAX_CONNECTIONS));
    }

    @Test
    void halfRequestsHoldNoMoreThanTheirConnectionsAndNotForLong() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                slow.add(halfSent("GET /v1/stats HTTP/1.1\r\nHost: localhost\r\nX-Slow: "));
            }
            assertThat(nexus.api().get("/v1/stats").status()).isEqualTo(200);
            eventually("they are closed", Duration.ofSeconds(15), () -> slow.stream()
                    .allMatch(AbuseIT::isClosed));
        } finally {
            closeAll(slow);
        }
    }

    @Test
    void aBodyThatDripsEndsAtTheDeadline() throws IOException {
        try (Socket dripping = halfSent("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                + " application/json\r\nContent-Length: 1000\r\n\r\n{")) {
            eventually("it is closed", Duration.ofSeconds(15), () -> {
                try {
                    dripping.getOutputStream().write(' ');
                } catch (IOException e) {
                    return true;
                }
                return isClosed(dripping);
            });
        }
        assertThat(nexus.api().get("/v1/health").status()).isEqualTo(200);
    }

    @Test
    void aFloodOfConnectionsIsTurnedAwayAndItsEndIsTheEndOfIt() throws IOException {
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_CONNECTIONS + 100; i++) {
                flood.add(halfSent("GET /v1/stats HTTP/1.1\r\n"));
            }
            eventually(
                    "those too many are turned away",
                    Duration.ofSeconds(10),
                    () -> flood.stream().filter(AbuseIT::isClosed).count() >= 90);
            assertThat(nexus.management().get("/q/health/live").status()).isEqualTo(200);
        } finally {
            closeAll(flood);
        }
        eventually("others get in again", Duration.ofSeconds(15), () -> {
            try {
                return nexus.api().get("/v1/stats").status() == 200;
            } catch (UncheckedIOException e) {
                return false;
            }
        });
    }

    @Test
    void aDecompressionBombIsKeptAsTheBytesThatCame() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 16];
            for (int i = 0; i < 16 * 64; i++) { // 64 MiB
                zip.write(zeros);
            }
        }
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            receiver.always(request -> ScriptedReceiver.status(200)
                    .header("Content-Encoding", "gzip")
                    .body(Buffer.buffer(bomb.toByteArray())));
            ApiClient api = nexus.api();
            JsonNode subscription = api.subscribe(receiver.uri(), "abuse.bomb");
            JsonNode attempt = api.post(
                            "/v1/subscriptions/" + subscription.path("id").asText() + "/test")
                    .expect(200)
                    .json();
            assertThat(attempt.path("statusCode").asInt()).isEqualTo(200);
            assertThat(attempt.path("responseBody").asText().length()).isLessThanOrEqualTo(16 * 1024);
        }
    }

    /** A library's logger prints what it meets; Nexus's own quote some of it, on one line and without control characters. */
    @Test
    void bytesFromOutsideAreNotInTheLogAsTheyCame() throws Exception {
        String answers = "leaked by a receiver";
        String asked = "leaked by a caller";
        String noticed = "leaked by the database";
        String quoted = "quoted\u0007\u001b[31m\u202e";
        List<String> broken = List.of(
                "HTTP/1.1 204 No Content\r\nContent-Length: 20\r\n\r\n" + answers,
                "HTTP/1.1 200 OK\r\n" + answers + "\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + answers + "\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: " + answers + "\r\n\r\n",
                "HTTP/1.1 " + answers + "\r\n\r\n",
                "HTTP/9.9 200 OK\r\n\r\n" + answers,
                answers + "\r\n\r\n");
        AtomicInteger next = new AtomicInteger();
        try (RawReceiver receiver = RawReceiver.start(connection -> {
            connection.readRequest();
            connection.send(broken.get(next.getAndIncrement() % broken.size()));
        })) {
            JsonNode subscription = nexus.api().subscribe(receiver.uri("/"), "abuse.log");
            for (int i = 0; i < broken.size(); i++) {
                nexus.api()
                        .post("/v1/subscriptions/" + subscription.path("id").asText() + "/test")
                        .expect(200);
            }
        }
        for (String request : List.of(
                asked + "\r\n\r\n",
                "GET /%zz?" + asked.replace(' ', '+') + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n" + asked + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: " + asked + "\r\n\r\n",
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + asked + "\r\n\r\n",
                "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n" + asked + "\r\n")) {
            RawHttp.untilClosed(nexus.port(), request);
            RawHttp.untilClosed(nexus.managementPort(), request);
        }
        nexus.api().post("/v1/events", "{\"" + asked + "\":").expect(400);
        nexus.awaitStreaming();
        nexus.sql(
                "CREATE FUNCTION public.loud() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE WARNING '%', '"
                        + noticed + "'; RAISE NOTICE '%', '" + noticed + "'; RETURN new; END$$",
                "CREATE TRIGGER loud BEFORE INSERT ON public.users FOR EACH ROW EXECUTE FUNCTION public.loud()",
                "CREATE FUNCTION public.loud_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE WARNING"
                        + " '%', '" + noticed + "'; END$$",
                "CREATE EVENT TRIGGER loud ON ddl_command_end EXECUTE FUNCTION public.loud_ddl()",
                "CREATE TABLE public.\"" + quoted + "\" (v text)",
                "CREATE TABLE public.followed (id int PRIMARY KEY)");
        nexus.api()
                .post("/api/v1/test/users", "{\"email\":\"loud@example.com\",\"name\":\"Loud\"}")
                .expect(201);
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) { // publishes tables, which runs the event trigger
            nexus.api().subscribe(receiver.uri(), "pg.public.*.*");
            nexus.sql("INSERT INTO public.followed VALUES (1)");
            receiver.await(1);
        }
        nexus.sql("DROP EVENT TRIGGER loud");
        assertThat(nexus.log())
                .doesNotContain(answers, asked, asked.replace(' ', '+'), noticed, "\u0007", "\u001b[31m", "\u202e");
    }

    private static Socket halfSent(String text) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), nexus.uri("/").getPort());
        socket.setSoTimeout(1);
        try {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException turnedAway) {
            // its end is seen when it is read
        }
        return socket;
    }

    private static boolean isClosed(Socket socket) {
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                // an answer may come before the end
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
