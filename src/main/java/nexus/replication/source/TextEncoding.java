package nexus.replication.source;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of the texts in the stream.
 *
 * @param isServers whether texts arrive in the encoding of the database instead of being converted to UTF-8
 */
record TextEncoding(boolean isServers, Charset charset) {
    private static final TextEncoding UTF8 = new TextEncoding(false, StandardCharsets.UTF_8);
    /** A text may contain any byte; most are UTF-8. */
    private static final String SQL_ASCII = "SQL_ASCII";
    /** Maps PostgreSQL's names of encodings to Java's. LATIN5 is the ninth part of ISO 8859, for example. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("LATIN1", "ISO-8859-1"),
            Map.entry("LATIN2", "ISO-8859-2"),
            Map.entry("LATIN3", "ISO-8859-3"),
            Map.entry("LATIN4", "ISO-8859-4"),
            Map.entry("LATIN5", "ISO-8859-9"),
            Map.entry("LATIN7", "ISO-8859-13"),
            Map.entry("LATIN9", "ISO-8859-15"),
            Map.entry("LATIN10", "ISO-8859-16"),
            Map.entry("EUC_CN", "GB2312"),
            Map.entry("EUC_JP", "EUC-JP"),
            Map.entry("EUC_KR", "EUC-KR"),
            Map.entry("EUC_TW", "x-EUC-TW"),
            Map.entry("KOI8R", "KOI8-R"),
            Map.entry("KOI8U", "KOI8-U"),
            Map.entry("WIN866", "IBM866"),
            Map.entry("WIN874", "x-windows-874"));

    /**
     * @param serverEncoding PostgreSQL's name of the encoding
     * @param unconverted whether the server has failed to convert a text
     */
    static TextEncoding of(@Nullable String serverEncoding, boolean unconverted) {
        if (serverEncoding == null || serverEncoding.equals("UTF8")) {
            return UTF8;
        } else if (serverEncoding.equals(SQL_ASCII)) {
            return new TextEncoding(true, StandardCharsets.UTF_8);
        }
        String name = NAMES.getOrDefault(
                serverEncoding, serverEncoding.replace("WIN", "windows-").replace("ISO_8859_", "ISO-8859-"));
        return unconverted && Charset.isSupported(name) ? new TextEncoding(true, Charset.forName(name)) : UTF8;
    }
}
