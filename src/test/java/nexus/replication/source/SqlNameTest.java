package nexus.replication.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlNameTest {
    @Test
    void aNameIsQuotedAndStaysOnItsLine() {
        assertThat(SqlName.quoted("orders")).isEqualTo("\"orders\"");
        assertThat(SqlName.quoted("a\"b\\c")).isEqualTo("\"a\"\"b\\c\"");
        assertThat(SqlName.quoted("a\nDROP TABLE b; --\u202e\"\\"))
                .isEqualTo("U&\"a\\+00000ADROP TABLE b; --\\+00202E\"\"\\\\\"");
    }

    @Test
    void aTextIsQuotedAndStaysOnItsLine() {
        assertThat(SqlName.literal("it's")).isEqualTo("'it''s'");
        assertThat(SqlName.literal("a\\b")).isEqualTo("E'a\\\\b'");
        assertThat(SqlName.literal("a\n'\\")).isEqualTo("E'a\\U0000000A''\\\\'");
    }
}
