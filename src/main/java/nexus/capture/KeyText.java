package nexus.capture;

/** The text of a value in a key: as the row's JSON shows it, without quotes. */
final class KeyText {
    private static final int BOOLEAN = 16;
    private static final int TIMESTAMP = 1114;
    private static final int TIMESTAMP_WITH_ZONE = 1184;
    private static final String BC = " BC";
    private static final int HOURS_ONLY = 3;

    private KeyText() {}

    /** @param text the type's output, with the settings of the session that reads the WAL */
    static String of(int typeOid, String text) {
        return switch (typeOid) {
            case BOOLEAN -> text.equals("t") ? "true" : text.equals("f") ? "false" : text;
            case TIMESTAMP -> time(text);
            case TIMESTAMP_WITH_ZONE -> withMinutes(time(text));
            default -> text;
        };
    }

    private static String time(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? text : text.substring(0, blank) + 'T' + text.substring(blank + 1);
    }

    /** {@code +00} becomes {@code +00:00}. */
    private static String withMinutes(String text) {
        int end = text.endsWith(BC) ? text.length() - BC.length() : text.length();
        int zone = Math.max(text.lastIndexOf('+'), text.lastIndexOf('-'));
        boolean isZone = zone > text.indexOf('T') && text.indexOf('T') > 0 && end - zone == HOURS_ONLY;
        return isZone ? text.substring(0, end) + ":00" + text.substring(end) : text;
    }
}
