package nexus.bench.receiver;

/** How a webhook comes to the receiver. */
public enum Protocol {
    PLAIN("plain", "HTTP"),
    HTTPS("https", "TLS HTTP/1.1"),
    HTTP2("http2", "TLS HTTP/2");

    private final String field;
    private final String title;

    Protocol(String field, String title) {
        this.field = field;
        this.title = title;
    }

    /** In JSON. */
    public String field() {
        return field;
    }

    /** In the table. */
    public String title() {
        return title;
    }
}
