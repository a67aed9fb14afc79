package nexus.filter;

/** A text that is searched for in others, in time that grows with both lengths alone (Knuth, Morris and Pratt). */
final class Needle {
    /** A shorter text is found by the platform's search, whose worst case is the product of both lengths. */
    private static final int SHORT = 16;

    private final String text;
    private final int[] borders; // of each beginning of the text, its longest border; empty for a short text

    Needle(String text) {
        this.text = text;
        this.borders = text.length() <= SHORT ? new int[0] : borders(text);
    }

    boolean isIn(String haystack) {
        if (borders.length == 0) {
            return haystack.contains(text);
        }
        int matched = 0;
        for (int i = 0; i < haystack.length(); i++) {
            char c = haystack.charAt(i);
            while (matched > 0 && c != text.charAt(matched)) {
                matched = borders[matched - 1];
            }
            if (c == text.charAt(matched)) {
                matched++;
                if (matched == text.length()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int[] borders(String text) {
        int[] borders = new int[text.length()];
        int border = 0;
        for (int i = 1; i < text.length(); i++) {
            while (border > 0 && text.charAt(i) != text.charAt(border)) {
                border = borders[border - 1];
            }
            if (text.charAt(i) == text.charAt(border)) {
                border++;
            }
            borders[i] = border;
        }
        return borders;
    }
}
