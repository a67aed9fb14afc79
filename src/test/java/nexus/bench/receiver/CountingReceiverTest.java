package nexus.bench.receiver;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CountingReceiverTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private final Ledger ledger = new Ledger();
    private final Receipts receipts = new Receipts(ledger, new Spread(3));
    private final List<Socket> sockets = new ArrayList<>();
    private final CountingReceiver receiver;
    private final int port;

    CountingReceiverTest() throws IOException {
        receiver = CountingReceiver.start(receipts);
        port = receiver.listen("127.0.0.1");
    }

    @BeforeEach
    void threeAreSent() {
        ledger.sending(ledger.take(3), 3);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        receiver.close();
    }

    private static String request(String path, int number, int attempt) {
        String body = "{\"payload\":{\"data\":{\"n\":" + number + ",\"k\":5}}}";
        return "POST " + path + " HTTP/1.1\r\nWebhook-ID: event-" + number + "\r\nX-Delivery-Attempt: " + attempt
                + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body;
    }

    private Socket send(String... pieces) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        for (String piece : pieces) {
            socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
        }
        return socket;
    }

    private static String answers(Socket socket, int bytes) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    @Test
    void requestsThatComeTogetherOnOneConnectionAreAllCounted() throws IOException {
        Socket socket = send(request("/count", 1, 1) + request("/count/7", 2, 1) + request("/count", 3, 1));
        assertThat(answers(socket, 3 * OK.length())).isEqualTo(OK + OK + OK);
        assertThat(ledger.verdict()).isEqualTo(new Ledger.Verdict(3, 3, 0, 0, 0, 0));
    }

    @Test
    void aRequestThatComesInPiecesIsOne() throws IOException {
        String whole = request("/count", 2, 1);
        String[] pieces = whole.split("(?<=\\G.{7})", -1);
        assertThat(answers(send(pieces), OK.length())).isEqualTo(OK);
        assertThat(ledger.received()).isEqualTo(1);
    }

    @Test
    void aBodyLargerThanTheBufferIsTakenWhole() throws IOException {
        String body = "{\"pad\":\"" + "x".repeat(100_000) + "\",\"n\":1}";
        String head = "POST /count HTTP/1.1\r\nwebhook-id: a\r\nContent-Length: " + body.length() + "\r\n\r\n";
        assertThat(answers(send(head + body), OK.length())).isEqualTo(OK);
        assertThat(ledger.received()).isEqualTo(1);
    }

    @Test
    void theBlindPathOnlyCounts() throws IOException {
        answers(send(request("/blind", 1, 1)), OK.length());
        assertThat(receipts.blind()).isEqualTo(1);
        assertThat(ledger.received()).isZero();
    }

    @Test
    void aPathOfOneOfManyEndpointsCountsForThatEndpoint() throws IOException {
        receipts.spread().next();
        answers(send(request("/each/2", 1, 1) + request("/each/2", 1, 2) + request("/each/7", 1, 1)), 3 * OK.length());
        assertThat(receipts.spread().verdict()).isEqualTo(new Spread.Verdict(3, 1, 1));
        assertThat(ledger.received()).isZero();
    }

    @Test
    void connectionsToEveryAddressAreCountedWhileTheyAreOpen() throws IOException {
        int other = receiver.listen("127.0.0.1");
        send("");
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), other)) {
            assertThat(socket.isConnected()).isTrue();
            eventually("both", () -> receiver.connections() == 2);
        }
        eventually("one", () -> receiver.connections() == 1);
    }

    @Test
    void theHangingPathAnswersNothingAndHoldsUpNobody() throws IOException {
        send(request("/hang", 1, 1));
        assertThat(answers(send(request("/count", 2, 1)), OK.length())).isEqualTo(OK);
        assertThat(sockets.getFirst().getInputStream().available()).isZero();
    }

    @Test
    void theFailingPathFailsFirstAndThenTellsWhenItWasTriedAgain() throws IOException {
        Socket socket = send(request("/fail-once", 1, 1));
        assertThat(answers(socket, "HTTP/1.1 500".length())).isEqualTo("HTTP/1.1 500");
        assertThat(receipts.triedAgain()).isEmpty();
        send(request("/fail-once", 1, 2));
        eventually("tried again", () -> receipts.triedAgain().containsKey("event-1"));
    }
}
