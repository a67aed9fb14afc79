package nexus.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.nio.charset.StandardCharsets;
import nexus.api.problem.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each head goes through the decoder that the server uses; line ends are written as {@code |}. */
class RequestFormTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = ';', textBlock = """
        GET / HTTP/1.1|Host: a||                                                        ; 0
        GET / HTTP/1.1|Host: a:8080||                                                   ; 0
        GET / HTTP/1.1|Host: [::1]:80||                                                 ; 0
        GET http://a/b HTTP/1.1|Host: a||                                               ; 0
        GET / HTTP/1.0||                                                                ; 0
        POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked||                            ; 0
        POST / HTTP/1.1|Host: a|Content-Length: 3|Expect: 100-Continue||                ; 0
        GET / HTTP/1.1||                                                                ; 400
        GET / HTTP/1.1|Host:||                                                          ; 400
        GET / HTTP/1.1|Host: a|Host: a||                                                ; 400
        GET / HTTP/1.0|Host: a|Host: b||                                                ; 400
        GET / HTTP/1.1|Host: a:99999||                                                  ; 400
        GET / HTTP/1.1|Host: a/b||                                                      ; 400
        GET / HTTP/1.1|Host : a||                                                       ; 400
        GET / HTTP/1.1|Host: a|nonsense||                                               ; 400
        GET / HTTP/1.1|Host: a|: b||                                                   ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Content-Length: 3||          ; 400
        POST / HTTP/1.1|Host: a|Content-Length: 3|Transfer-Encoding: chunked||          ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: Chunked||                            ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: identity||                           ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: xchunked||                           ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: gzip, chunked||                      ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked, identity||                  ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: chunked|Transfer-Encoding: chunked|| ; 400
        POST / HTTP/1.1|Host: a|Transfer-Encoding: "chunked"||                          ; 400
        POST / HTTP/1.0|Host: a|Transfer-Encoding: chunked||                            ; 400
        POST / HTTP/1.1|Host: a|Content-Length: 3|Content-Length: 4||                   ; 400
        POST / HTTP/1.1|Host: a|Content-Length: 3, 3||                                  ; 400
        POST / HTTP/1.1|Host: a|Content-Length: +3||                                    ; 400
        POST / HTTP/1.1|Host: a|Content-Length: -3||                                    ; 400
        POST / HTTP/1.1|Host: a|Content-Length: 3|Expect: 200-ok||                      ; 417
        GET /%zz HTTP/1.1|Host: a||                                                     ; 400
        GET /a\\b HTTP/1.1|Host: a||                                                    ; 400
        GET a HTTP/1.1|Host: a||                                                        ; 400
        GET a:80 HTTP/1.1|Host: a||                                                     ; 400
        OPTIONS * HTTP/1.1|Host: a||                                                    ; 404
        GET * HTTP/1.1|Host: a||                                                        ; 400
        GET / HTTP/2.0|Host: a||                                                        ; 505
        GET / HTTP/3.0|Host: a||                                                        ; 505
        GET / HTTP/1.2|Host: a||                                                        ; 505
        GET / HTP/1.1|Host: a||                                                         ; 400
        TRACE /%zz HTTP/1.1||                                                           ; 405
        TRACE / HTTP/1.1|Host: a||                                                      ; 405
        CONNECT a:80 HTTP/1.1|Host: a||                                                 ; 405
        """)
    void aRequestIsWellFormedOrRefused(String head, int status) {
        assertThat(status(head.replace("|", "\r\n").replace("\\\\", "\\"))).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 27, 127})
    void aControlCharacterBeforeTheRequestIsRefused(int character) {
        assertThat(status((char) character + "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo(400);
    }

    @Test
    void whatIsTooLongHasAStatusOfItsOwn() {
        assertThat(status("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo(414);
        assertThat(status("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .isEqualTo(431);
    }

    /** 0: it is let through. */
    private static int status(String head) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder(8192, 16384, 8192));
        channel.writeInbound(Unpooled.copiedBuffer(head, StandardCharsets.ISO_8859_1));
        HttpRequest request = channel.readInbound();
        assertThat(request).as(head).isNotNull();
        channel.finishAndReleaseAll();
        return RequestForm.refusal(request).map(Problem::status).orElse(0);
    }
}
