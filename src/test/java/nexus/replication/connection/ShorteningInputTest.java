package nexus.replication.connection;

import static nexus.testkit.PgOutputBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import nexus.pgoutput.MalformedMessageException;
import nexus.pgoutput.PgOutputDecoder;
import nexus.pgoutput.PgOutputMessage;
import nexus.pgoutput.PgOutputMessage.Delete;
import nexus.pgoutput.PgOutputMessage.Insert;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import nexus.pgoutput.PgOutputMessage.Update;
import nexus.pgoutput.TupleData;
import nexus.testkit.PgOutputBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShorteningInputTest {
    private static final int LONGEST_ROW = 100_000;
    private static final int FRAME = 1 + Integer.BYTES + 1 + 3 * Long.BYTES;

    /** What comes over a network: in pieces of any length, and sometimes later than somebody waits. */
    private static final class Unsteady extends InputStream {
        private final InputStream in;
        private final Random random;

        Unsteady(byte[] bytes, Random random) {
            this.in = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            if (random.nextInt(4) == 0) {
                throw new SocketTimeoutException();
            }
            return in.read(into, from, Math.min(count, 1 + random.nextInt(random.nextBoolean() ? 7 : 40_000)));
        }

        @Override
        public int available() throws IOException {
            return random.nextInt(3) == 0 ? 0 : in.available();
        }
    }

    private static byte[] copyData(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        return ByteBuffer.allocate(FRAME + bytes.length)
                .put((byte) 'd')
                .putInt(FRAME - 1 + bytes.length)
                .put((byte) 'w')
                .putLong(1)
                .putLong(2)
                .putLong(3)
                .put(bytes)
                .array();
    }

    private static ByteBuffer logical(String prefix, int bytes) {
        return message('M')
                .int8(1)
                .int64(7)
                .string(prefix)
                .int32(bytes)
                .raw(new byte[bytes])
                .buffer();
    }

    private static String text(int length) {
        return "v".repeat(length);
    }

    /** The stream's messages as the driver reads them. */
    private static List<PgOutputMessage> read(InputStream in, Random random) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        int count = 0;
        while (count >= 0) {
            if (random.nextInt(5) == 0) {
                assertThat(inputIn(in)).isNotNegative();
            }
            count = readInTime(in, some, 1 + random.nextInt(some.length));
            all.write(some, 0, Math.max(0, count));
        }
        return decoded(ByteBuffer.wrap(all.toByteArray()));
    }

    /** Nothing when it takes too long. */
    private static int readInTime(InputStream in, byte[] into, int atMost) throws IOException {
        try {
            return in.read(into, 0, atMost);
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    private static int inputIn(InputStream in) throws IOException {
        try {
            return in.available();
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    private static List<PgOutputMessage> decoded(ByteBuffer bytes) {
        List<PgOutputMessage> messages = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte kind = bytes.get();
            int length = bytes.getInt();
            byte[] message = new byte[length - Integer.BYTES];
            bytes.get(message);
            if (kind == 'd' && message[0] == 'w') {
                messages.add(PgOutputDecoder.decode(ByteBuffer.wrap(message, FRAME - 5, message.length - FRAME + 5)));
            }
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void bigMessagesAreShortenedAndTheOthersAreWhatTheyWere(long seed) throws IOException {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        List<ByteBuffer> messages = List.of(
                message('I').int32(1).row('N', "1", "small").buffer(),
                logical("somebody", 3_000_000),
                logical("somebody", 10),
                message('I')
                        .int32(1)
                        .row('N', "2", text(300_000), PgOutputBytes.NULL, text(8192))
                        .buffer(),
                logical("nexus.publish", 3_000_000),
                logical("nexus.publish", 500_000),
                message('U')
                        .int32(1)
                        .row('O', "3", text(200_000), "", "x")
                        .row('N', "3", "b", text(90_000), PgOutputBytes.UNCHANGED)
                        .buffer(),
                message('U').int32(1).row('N', "4", text(200_000), "c", "y").buffer(),
                message('D')
                        .int32(1)
                        .row('K', "5", PgOutputBytes.NULL, text(200_000), "z")
                        .buffer(),
                message('I').int32(1).row('N', "6", text(90_000)).buffer(),
                logical("p".repeat(200_000), 3),
                message('I').int32(1).row('N', "7").buffer());
        sent.write(new byte[] {'k', 0, 0, 0, 4});
        for (ByteBuffer message : messages) {
            sent.writeBytes(copyData(message));
            sent.writeBytes(new byte[] {'d', 0, 0, 0, 22, 'k'});
            sent.writeBytes(new byte[17]);
        }
        Random random = new Random(seed);
        ShorteningInput input = new ShorteningInput(new Unsteady(sent.toByteArray(), random));
        input.begin(LONGEST_ROW, Set.of("nexus.publish"));
        List<PgOutputMessage> got = read(input, random);

        assertThat(got).hasSize(messages.size());
        assertThat(values(((Insert) got.get(0)).after())).containsExactly("1", "small");
        assertThat(((LogicalMessage) got.get(1)).prefix()).isEqualTo("somebody");
        assertThat(((LogicalMessage) got.get(1)).transactional()).isTrue();
        assertThat(((LogicalMessage) got.get(1)).lsn().value()).isEqualTo(7);
        assertThat(got.stream()
                        .filter(LogicalMessage.class::isInstance)
                        .map(each -> ((LogicalMessage) each).content().remaining()))
                .containsExactly(0, 10, (1 << 20) + 1, 500_000, 0);
        assertThat(values(((Insert) got.get(3)).after())).containsExactly("2", "OMITTED", "NULL", text(8192));
        assertThat(values(((Update) got.get(6)).before().orElseThrow().values()))
                .containsExactly("3", "OMITTED", "", "x");
        assertThat(values(((Update) got.get(6)).after())).containsExactly("3", "b", "OMITTED", "UNCHANGED");
        assertThat(values(((Update) got.get(7)).after())).containsExactly("4", "OMITTED", "c", "y");
        assertThat(values(((Delete) got.get(8)).before().values())).containsExactly("5", "NULL", "OMITTED", "z");
        assertThat(values(((Insert) got.get(9)).after())).containsExactly("6", text(90_000));
        assertThat(((LogicalMessage) got.get(10)).prefix()).matches("p{256}");
        assertThat(values(((Insert) got.get(11)).after())).containsExactly("7");
    }

    private static List<String> values(TupleData row) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            values.add(
                    row.kind(i) == TupleData.Kind.TEXT
                            ? row.text(i)
                            : row.kind(i).toString());
        }
        return values;
    }

    @Test
    void aMessageOfAGigabyteTakesNoMemory() throws IOException {
        int content = 1_000_000_000;
        byte[] head = copyData(logical("somebody", 0));
        ByteBuffer.wrap(head).putInt(1, head.length - 1 + content).putInt(head.length - Integer.BYTES, content);
        InputStream zeros = new InputStream() {
            private int left = content;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] into, int from, int count) {
                int some = Math.min(count, left);
                left -= some;
                return some == 0 ? -1 : some;
            }
        };
        ShorteningInput input = new ShorteningInput(new SequenceInputStream(new ByteArrayInputStream(head), zeros));
        input.begin(LONGEST_ROW, Set.of());
        byte[] got = input.readAllBytes();
        assertThat(got).hasSize(head.length);
        assertThat(((LogicalMessage) decoded(ByteBuffer.wrap(got)).getFirst()).prefix())
                .isEqualTo("somebody");
    }

    @Test
    void aLengthThatIsNoneEndsTheStream() {
        byte[] frame = copyData(logical("somebody", 200_000));
        ByteBuffer.wrap(frame).putInt(FRAME + 1 + 1 + 8 + "somebody".length() + 1, 900_000);
        ShorteningInput input = new ShorteningInput(new ByteArrayInputStream(frame));
        input.begin(LONGEST_ROW, Set.of());
        assertThatThrownBy(input::readAllBytes).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void beforeItBeginsNothingIsAMessage() throws IOException {
        byte[] bytes = "N".repeat(100).getBytes(StandardCharsets.US_ASCII);
        assertThat(new ShorteningInput(new ByteArrayInputStream(bytes)).readAllBytes())
                .isEqualTo(bytes);
    }

    @Test
    void anEndWithinAMessageIsAnEnd() throws IOException {
        byte[] frame = copyData(logical("somebody", 200_000));
        ShorteningInput input = new ShorteningInput(new ByteArrayInputStream(frame, 0, 100_000));
        input.begin(LONGEST_ROW, Set.of());
        assertThat(input.readAllBytes()).isEmpty();
    }
}
