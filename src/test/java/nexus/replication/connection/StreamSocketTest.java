package nexus.replication.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamSocketTest {
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final StreamSocket socket = new StreamSocket();
    private ServerSocket server;
    private Socket peer;
    private InputStream input;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket.connect(server.getLocalSocketAddress());
        peer = server.accept();
        input = socket.getInputStream();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
        server.close();
    }

    @Test
    void aSilentOneIsWaitedForAsLongAsAsked() throws IOException {
        socket.setSoTimeout(77);
        assertThat(socket.awaitInput(SHORT)).isFalse();
        assertThat(socket.getSoTimeout()).isEqualTo(77);
        assertThat(input.available()).isZero();
    }

    @Test
    void whatCameIsStillThere() throws IOException {
        send("stream");
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(input.readNBytes(6)).asString(StandardCharsets.US_ASCII).isEqualTo("stream");

        send("xyz");
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(input.read()).isEqualTo('x');
        assertThat(input.readNBytes(2)).asString(StandardCharsets.US_ASCII).isEqualTo("yz");

        send("\u00ffa");
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(input.skip(5)).isEqualTo(1);
        assertThat(input.read()).isEqualTo('a');
        assertThat(socket.awaitInput(SHORT)).isFalse();
    }

    @Test
    void oneByteIsGivenWithoutWaitingForAnother() throws IOException {
        send("x");
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(input.available()).isEqualTo(1);
        assertThat(input.read(new byte[0])).isZero();
        byte[] into = new byte[10];
        assertThat(input.read(into, 3, 7)).isEqualTo(1);
        assertThat(into[3]).isEqualTo((byte) 'x');
        socket.setSoTimeout((int) SHORT.toMillis());
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> input.read(into));
    }

    @Test
    void theEndIsSomethingToRead() throws IOException {
        peer.close();
        assertThat(socket.awaitInput(LONG)).isTrue();
        assertThat(input.read()).isEqualTo(-1);
    }

    @Test
    void aClosedOneIsToldToWhoWaits() throws IOException {
        socket.close();
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> socket.awaitInput(LONG));
    }

    private void send(String bytes) throws IOException {
        peer.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }
}
