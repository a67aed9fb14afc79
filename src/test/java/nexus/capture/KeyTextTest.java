package nexus.capture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTextTest {
    @ParameterizedTest
    @CsvSource({
        "16,t,true",
        "16,f,false",
        "16,x,x",
        "25,t,t",
        "25,2026-01-31 18:20:43,2026-01-31 18:20:43",
        "1114,2026-01-31 18:20:43.4,2026-01-31T18:20:43.4",
        "1114,0044-03-15 12:00:00 BC,0044-03-15T12:00:00 BC",
        "1184,2026-01-31 18:20:43.4+00,2026-01-31T18:20:43.4+00:00",
        "1184,2026-01-31 18:20:43-05:30,2026-01-31T18:20:43-05:30",
        "1184,0044-03-15 12:00:00+00 BC,0044-03-15T12:00:00+00:00 BC",
        "1184,infinity,infinity",
        "1184,-infinity,-infinity",
        "1184,'',''",
        "23,4711,4711"
    })
    void aValueIsWrittenAsTheRecordShowsIt(int typeOid, String text, String expected) {
        assertThat(KeyText.of(typeOid, text)).isEqualTo(expected);
    }
}
