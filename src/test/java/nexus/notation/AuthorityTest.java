package nexus.notation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        http://my_db                        | ''      | my_db                 | -1
        http://my_db:8080/x                 | ''      | my_db                 | 8080
        http://u:p%40ss@my_db:5432/x?y=@z   | u:p%40ss | my_db                | 5432
        http://_dmarc.a_b.example           | ''      | _dmarc.a_b.example    | -1
        http://a.example.:80                | ''      | a.example.            | 80
        http://Receiver-1.Internal          | ''      | Receiver-1.Internal   | -1
        http://1and1.example                | ''      | 1and1.example         | -1
        http://xn--bcher-kva.example        | ''      | xn--bcher-kva.example | -1
        http://10.0.0.1:80                  | ''      | 10.0.0.1              | 80
        http://[::1]:80                     | ''      | [::1]                 | 80
        http://u@[fd00::1]                  | u       | [fd00::1]             | -1
        http://u:@h:/x                      | u:      | h                     | -1
        """)
    void aHostIsFoundWhereJavaFindsOneAndWhereItHasAnUnderscore(String url, String userInfo, String host, int port) {
        assertThat(Authority.of(URI.create(url))).isEqualTo(new Authority(userInfo, host, port));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        http:///x                  | must name a host
        http://:80/                | must name a host
        http://u@/                 | must name a host
        http://a..b                | must name a host
        http://.a                  | must name a host
        http://-a.example          | must name a host
        http://a-.example          | must name a host
        http://a%2eb               | must name a host
        http://a+b                 | must name a host
        http://a,b                 | must name a host
        http://a:b:80              | must name a host
        http://2130706433          | four numbers
        http://0x7f.1              | four numbers
        http://127.1               | four numbers
        http://256.0.0.1           | four numbers
        http://0177.0.0.1          | four numbers
        http://a.1                 | four numbers
        http://a_b:port            | a number as its port
        http://a:999999            | a number as its port
        http://u:p@ss@h            | one @ before its host
        """)
    void whatIsNoHostIsToldInWordsWithoutTheRest(String url, String words) {
        assertThatThrownBy(() -> Authority.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("must ")
                .hasMessageContaining(words)
                .hasMessageNotContaining("p@");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        bücher.example         | xn--bcher-kva.example
        Bücher.EXAMPLE         | xn--bcher-kva.example
        a_ü.example            | xn--a_-yka.example
        例え。テスト            | xn--r8jz45g.xn--zckzah
        １２７.0.0.1           | 127.0.0.1
        ｌocalhost             | localhost
        """)
    void aNameInOtherLettersIsRefusedWithTheFormToUse(String host, String form) {
        assertThatThrownBy(() -> Authority.of(URI.create("http://" + host + "/")))
                .hasMessage("must name its host in ASCII, as " + form);
        assertThatThrownBy(() -> Authority.requireName(host)).hasMessageEndingWith(", as " + form);
    }

    @ParameterizedTest
    @ValueSource(strings = {"straße.example", "βόλος.example", "a\u200db.example", "\u202e.example", "ü..example"})
    void whereThereIsNoOneFormNoneIsSuggested(String host) {
        assertThatThrownBy(() -> Authority.requireName(host)).hasMessage("must name its host in ASCII (punycode)");
    }

    @Test
    void aLabelHas63LettersAndANameTwoHundredAndFiftyThree() {
        String label = "a".repeat(63);
        Authority.requireName(label + ".example");
        assertThatThrownBy(() -> Authority.requireName("a" + label)).hasMessageContaining("must name a host");
        String name = "a.".repeat(126) + "b";
        Authority.requireName(name);
        assertThatThrownBy(() -> Authority.requireName(name + "bb")).hasMessageContaining("must name a host");
    }

    @Test
    void itPrintsNoPassword() {
        assertThat(Authority.of(URI.create("http://u:secret@h:1/")).toString()).isEqualTo("h:1");
    }
}
