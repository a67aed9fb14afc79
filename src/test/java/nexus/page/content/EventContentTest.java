package nexus.page.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import nexus.page.content.RowDifference.Kind;
import nexus.page.content.RowDifference.Line;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventContentTest {
    @Test
    void wholeOldRowShowsWhatChangedFirst() {
        RowDifference rows = difference("UPDATE", """
                "record":{"id":9007199254740993,"note":"a","total":1.10},
                "old_record":{"id":9007199254740993,"note":"a","total":1.1},"changed":["total"],"unavailable":[]""");

        assertThat(rows.lines())
                .containsExactly(
                        new Line("total", Kind.CHANGED, Optional.of("1.1"), Optional.of("1.10")),
                        new Line("id", Kind.SAME, Optional.of("9007199254740993"), Optional.of("9007199254740993")),
                        new Line("note", Kind.SAME, Optional.of("\"a\""), Optional.of("\"a\"")));
        assertThat(rows.changes()).isEqualTo(1);
        assertThat(rows.notes()).isEmpty();
        assertThat(rows.fix()).isEmpty();
    }

    @Test
    void withoutOldRowNothingIsClaimedToHaveChanged() {
        RowDifference rows = difference(
                "UPDATE",
                "\"record\":{\"id\":1,\"note\":\"a\"},\"old_record\":null,\"changed\":null,\"unavailable\":[\"blob\"]");

        assertThat(rows.lines()).extracting(Line::kind).containsExactly(Kind.NOW, Kind.NOW, Kind.UNAVAILABLE);
        assertThat(rows.changes()).isZero();
        assertThat(rows.notes()).hasSize(2).first().asString().contains("blob");
        assertThat(rows.fix()).contains("ALTER TABLE \"public\".\"or\"\"ders\" REPLICA IDENTITY FULL;");
    }

    @Test
    void changedKeyIsAChange() {
        RowDifference rows = difference(
                "UPDATE",
                "\"record\":{\"id\":2,\"note\":\"a\"},\"old_record\":{\"id\":1},\"changed\":null,\"unavailable\":[]");

        assertThat(rows.lines())
                .containsExactly(
                        new Line("id", Kind.CHANGED, Optional.of("1"), Optional.of("2")),
                        new Line("note", Kind.NOW, Optional.empty(), Optional.of("\"a\"")));
    }

    @Test
    void insertDeleteAndTruncate() {
        assertThat(difference("INSERT", "\"record\":{\"id\":1},\"old_record\":null")
                        .lines())
                .extracting(Line::kind)
                .containsExactly(Kind.ADDED);
        assertThat(difference("SNAPSHOT", "\"record\":{\"id\":1},\"old_record\":null")
                        .lines())
                .extracting(Line::kind)
                .containsExactly(Kind.ADDED);
        assertThat(difference("DELETE", "\"record\":null,\"old_record\":{\"id\":1}")
                        .lines())
                .extracting(Line::kind)
                .containsExactly(Kind.REMOVED);
        RowDifference truncate = difference("TRUNCATE", "\"record\":null,\"old_record\":null");
        assertThat(truncate.lines()).isEmpty();
        assertThat(truncate.notes()).isNotEmpty();
    }

    @Test
    void oversizedChangeSaysSo() {
        assertThat(difference("INSERT", "\"record\":{\"id\":1},\"unavailable\":[\"a\",\"b\"],\"oversized\":true")
                        .notes())
                .singleElement()
                .asString()
                .contains("EVENT_MAX_BYTES");
    }

    @Test
    void annotationsStandApartFromTheTransaction() {
        EventContent content = EventContent.of("""
                {"data":{"type":"INSERT","schema":"s","table":"t","record":{"id":1}},
                 "metadata":{"source":"default","xid":771,"actor":"<b>me</b>","trace":{"id":1.50}}}""");

        assertThat(content.transaction()).extracting(EventContent.Fact::name).containsExactly("source", "xid");
        assertThat(content.annotations())
                .containsExactly(
                        new EventContent.Fact("actor", "<b>me</b>"), new EventContent.Fact("trace", "{\"id\":1.50}"));
    }

    @Test
    void metadataOfAPublishedEventIsItsPublishers() {
        EventContent content = EventContent.of("{\"data\":{\"a\":1},\"metadata\":{\"source\":\"auth\"}}");

        assertThat(content.difference()).isEmpty();
        assertThat(content.transaction()).isEmpty();
        assertThat(content.annotations()).hasSize(1);
    }

    @Test
    void manyColumnsAreBounded() {
        StringBuilder record = new StringBuilder("\"record\":{");
        for (int i = 0; i < 1_600; i++) {
            record.append(i == 0 ? "" : ",")
                    .append("\"c")
                    .append(i)
                    .append("\":\"")
                    .append("x".repeat(5))
                    .append('"');
        }
        RowDifference rows = difference("INSERT", record.append("}").toString());

        assertThat(rows.lines()).hasSize(400);
        assertThat(rows.left()).isEqualTo(1_200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "nonsense",
                "{}",
                "{\"data\":null}",
                "{\"data\":{\"table\":1}}",
                "{\"data\":{\"table\":\"t\",\"record\":[1],\"old_record\":\"x\",\"changed\":{},\"unavailable\":[1,null]}}",
                "{\"data\":{\"table\":\"t\",\"type\":7,\"schema\":[]},\"metadata\":[1]}"
            })
    void anyPayloadIsShown(String payload) {
        assertThat(EventContent.of(payload).data().left()).isZero();
    }

    private static RowDifference difference(String type, String members) {
        EventContent content = EventContent.of("{\"data\":{\"type\":\"" + type
                + "\",\"schema\":\"public\",\"table\":\"or\\\"ders\"," + members + "},\"metadata\":{}}");
        assertThat(content.annotations()).isEqualTo(List.of());
        return content.difference().orElseThrow();
    }
}
