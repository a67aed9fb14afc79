package nexus.pgoutput;

import static nexus.testkit.PgOutputBytes.NULL;
import static nexus.testkit.PgOutputBytes.UNCHANGED;
import static nexus.testkit.PgOutputBytes.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nexus.pgoutput.PgOutputMessage.Begin;
import nexus.pgoutput.PgOutputMessage.Column;
import nexus.pgoutput.PgOutputMessage.Commit;
import nexus.pgoutput.PgOutputMessage.Delete;
import nexus.pgoutput.PgOutputMessage.Insert;
import nexus.pgoutput.PgOutputMessage.LogicalMessage;
import nexus.pgoutput.PgOutputMessage.Origin;
import nexus.pgoutput.PgOutputMessage.Relation;
import nexus.pgoutput.PgOutputMessage.ReplicaIdentity;
import nexus.pgoutput.PgOutputMessage.Truncate;
import nexus.pgoutput.PgOutputMessage.Update;
import nexus.testkit.PgOutputBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PgOutputDecoderTest {
    private static final Instant AT = Instant.parse("2026-01-31T18:20:43.400123Z");

    @Test
    void readsBytesAsTheServerSendsThem() {
        // BEGIN at 0/1A2B3C8, 2000-01-01T00:00:01Z, transaction 771
        byte[] sent = HexFormat.of().parseHex("42" + "0000000001a2b3c8" + "00000000000f4240" + "00000303");
        assertThat(PgOutputDecoder.decode(ByteBuffer.wrap(sent)))
                .isEqualTo(new Begin(Lsn.parse("0/1A2B3C8"), Instant.parse("2000-01-01T00:00:01Z"), 771));
    }

    @Test
    void aTransactionIdIsUnsigned() {
        assertThat(PgOutputDecoder.decode(PgOutputBytes.begin(1, AT, -1)))
                .isEqualTo(new Begin(new Lsn(1), AT, 4294967295L));
    }

    @Test
    void commitHasTheLsnOfItsRecordAndTheOneToConfirm() {
        assertThat(PgOutputDecoder.decode(PgOutputBytes.commit(0x10, 0x40, AT)))
                .isEqualTo(new Commit(new Lsn(0x10), new Lsn(0x40), AT));
    }

    @Test
    void aRelationNamesItsColumnsAndWhichOfThemAreTheIdentity() {
        ByteBuffer bytes = message('R')
                .int32(16384)
                .string("sales")
                .string("Bestell-Nr ☃")
                .int8('i')
                .int16(2)
                .column(true, "id", 20)
                .column(false, "näme", 25)
                .buffer();
        assertThat(PgOutputDecoder.decode(bytes))
                .isEqualTo(new Relation(
                        16384,
                        "sales",
                        "Bestell-Nr ☃",
                        ReplicaIdentity.INDEX,
                        List.of(new Column("id", 20, -1, true), new Column("näme", 25, -1, false))));
    }

    @Test
    void anEmptySchemaIsTheCatalogs() {
        Relation relation = (Relation) PgOutputDecoder.decode(
                message('R').int32(1).string("").string("t").int8('n').int16(0).buffer());
        assertThat(relation.schema()).isEqualTo("pg_catalog");
        assertThat(relation.identity()).isEqualTo(ReplicaIdentity.NOTHING);
    }

    @Test
    void anInsertKeepsNullAndEmptyTextApart() {
        Insert insert = (Insert) PgOutputDecoder.decode(
                message('I').int32(7).row('N', "1", NULL, "", "a\nb 😀").buffer());
        assertThat(insert.relationOid()).isEqualTo(7);
        assertThat(kinds(insert.after()))
                .containsExactly(TupleData.Kind.TEXT, TupleData.Kind.NULL, TupleData.Kind.TEXT, TupleData.Kind.TEXT);
        assertThat(insert.after().text(2)).isEmpty();
        assertThat(insert.after().text(3)).isEqualTo("a\nb 😀");
    }

    @Test
    void anUpdateWithoutOldRowSaysSo() {
        Update update = (Update) PgOutputDecoder.decode(
                message('U').int32(7).row('N', "1", UNCHANGED).buffer());
        assertThat(update.before()).isEmpty();
        assertThat(update.after().kind(1)).isEqualTo(TupleData.Kind.UNCHANGED);
    }

    @Test
    void anUpdateTellsTheOldKeyFromTheOldRow() {
        Update byKey = (Update) PgOutputDecoder.decode(
                message('U').int32(7).row('K', "1", NULL).row('N', "2", "b").buffer());
        Update byRow = (Update) PgOutputDecoder.decode(
                message('U').int32(7).row('O', "1", "a").row('N', "2", "b").buffer());
        assertThat(byKey.before().orElseThrow().keyOnly()).isTrue();
        assertThat(byRow.before().orElseThrow().keyOnly()).isFalse();
        assertThat(byRow.before().orElseThrow().values().text(1)).isEqualTo("a");
        assertThat(byRow.after().text(0)).isEqualTo("2");
    }

    @Test
    void aDeleteTellsTheOldKeyFromTheOldRow() {
        Delete byKey = (Delete)
                PgOutputDecoder.decode(message('D').int32(7).row('K', "1", NULL).buffer());
        Delete byRow = (Delete)
                PgOutputDecoder.decode(message('D').int32(7).row('O', "1", "a").buffer());
        assertThat(byKey.before().keyOnly()).isTrue();
        assertThat(byRow.before().keyOnly()).isFalse();
    }

    @Test
    void aBinaryValueIsKeptApartFromText() {
        Insert insert = (Insert) PgOutputDecoder.decode(message('I')
                .int32(7)
                .int8('N')
                .int16(1)
                .int8('b')
                .int32(2)
                .raw(new byte[] {0, 9})
                .buffer());
        assertThat(insert.after().kind(0)).isEqualTo(TupleData.Kind.BINARY);
        assertThat(insert.after().to(0) - insert.after().from(0)).isEqualTo(2);
    }

    @Test
    void aTruncateListsItsTables() {
        assertThat(PgOutputDecoder.decode(
                        message('T').int32(2).int8(3).int32(7).int32(-2).buffer()))
                .isEqualTo(new Truncate(List.of(7, -2), true, true));
        assertThat(PgOutputDecoder.decode(message('T').int32(1).int8(0).int32(7).buffer()))
                .isEqualTo(new Truncate(List.of(7), false, false));
    }

    @Test
    void typesOriginsAndLogicalMessagesAreRead() {
        assertThat(PgOutputDecoder.decode(message('Y')
                        .int32(16390)
                        .string("public")
                        .string("mood")
                        .buffer()))
                .isEqualTo(new PgOutputMessage.Type(16390, "public", "mood"));
        assertThat(PgOutputDecoder.decode(
                        message('O').int64(0x20).string("upstream").buffer()))
                .isEqualTo(new Origin(new Lsn(0x20), "upstream"));
        assertThat(PgOutputDecoder.decode(message('M')
                        .int8(1)
                        .int64(0x30)
                        .string("nexus.publish")
                        .int32(2)
                        .raw(new byte[] {'{', '}'})
                        .buffer()))
                .isEqualTo(new LogicalMessage(
                        true, new Lsn(0x30), "nexus.publish", ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_8))));
        assertThat(((LogicalMessage) PgOutputDecoder.decode(message('M')
                                .int8(0)
                                .int64(1)
                                .string("")
                                .int32(0)
                                .buffer()))
                        .transactional())
                .isFalse();
    }

    @Test
    void onlyTheRestOfTheBufferIsTheMessage() {
        ByteBuffer larger = ByteBuffer.allocate(100).put(new byte[] {1, 2, 3}).put(PgOutputBytes.begin(5, AT, 6));
        ByteBuffer direct = ByteBuffer.allocateDirect(100).put(PgOutputBytes.begin(5, AT, 6));
        assertThat(PgOutputDecoder.decode(larger.flip().position(3))).isEqualTo(new Begin(new Lsn(5), AT, 6));
        assertThat(PgOutputDecoder.decode(direct.flip())).isEqualTo(new Begin(new Lsn(5), AT, 6));
    }

    static Stream<byte[]> wholeMessages() {
        return Stream.of(
                        PgOutputBytes.begin(1, AT, 2),
                        PgOutputBytes.commit(1, 2, AT),
                        message('R')
                                .int32(1)
                                .string("s")
                                .string("t")
                                .int8('d')
                                .int16(1)
                                .column(true, "c", 23)
                                .buffer(),
                        message('I').int32(7).row('N', "1", NULL).buffer(),
                        message('U').int32(7).row('K', "1").row('N', "2").buffer(),
                        message('D').int32(7).row('O', "1", UNCHANGED).buffer(),
                        message('T').int32(2).int8(0).int32(7).int32(8).buffer(),
                        message('Y').int32(1).string("s").string("t").buffer(),
                        message('O').int64(1).string("o").buffer(),
                        message('M')
                                .int8(1)
                                .int64(1)
                                .string("p")
                                .int32(1)
                                .int8('x')
                                .buffer())
                .map(ByteBuffer::array);
    }

    @ParameterizedTest
    @MethodSource("wholeMessages")
    void aMessageCutAnywhereIsRefused(byte[] whole) {
        for (int length = 0; length < whole.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> PgOutputDecoder.decode(cut))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isInstanceOf(MalformedMessageException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("wholeMessages")
    void aMessageWithAByteTooManyIsRefused(byte[] whole) {
        ByteBuffer longer = ByteBuffer.wrap(Arrays.copyOf(whole, whole.length + 1));
        assertThatThrownBy(() -> PgOutputDecoder.decode(longer))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("1 bytes too many");
    }

    static Stream<ByteBuffer> wrongMessages() {
        return Stream.of(
                message('S').int32(1).int8(1).buffer(), // of protocol 2
                message('\0').buffer(),
                message('R').int32(1).string("s").string("t").int8('x').int16(0).buffer(),
                message('I').int32(7).row('O', "1").buffer(),
                message('U').int32(7).row('X', "1").buffer(),
                message('U').int32(7).row('K', "1").row('K', "1").buffer(),
                message('D').int32(7).row('N', "1").buffer(),
                message('I').int32(7).int8('N').int16(1).int8('z').buffer(),
                message('I').int32(7).int8('N').int16(1).int8('t').int32(-1).buffer(),
                message('I')
                        .int32(7)
                        .int8('N')
                        .int16(1)
                        .int8('t')
                        .int32(Integer.MAX_VALUE)
                        .buffer(),
                message('I').int32(7).int8('N').int16(0xffff).buffer(),
                message('T').int32(Integer.MAX_VALUE).int8(0).int32(7).buffer(),
                message('T').int32(-1).int8(0).buffer(),
                message('M').int8(1).int64(1).string("p").int32(-1).buffer());
    }

    @ParameterizedTest
    @MethodSource("wrongMessages")
    void whatIsNoMessageIsRefused(ByteBuffer wrong) {
        assertThatThrownBy(() -> PgOutputDecoder.decode(wrong)).isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void aRefusalNamesTheTagAndThePlaceAndNoValue() {
        ByteBuffer wrong = message('I').int32(7).row('N', "secret").int8('!').buffer();
        assertThatThrownBy(() -> PgOutputDecoder.decode(wrong))
                .hasMessage("pgoutput: a message 'I' of 20 bytes, at 19: 1 bytes too many");
    }

    private static List<TupleData.Kind> kinds(TupleData row) {
        return IntStream.range(0, row.size()).mapToObj(row::kind).toList();
    }
}
