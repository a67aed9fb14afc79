package nexus.backfill.condition;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import nexus.refusal.Refusal;

/**
 * Reads a condition character by character as PostgreSQL's scanner does, and writes it in a form that means the same
 * whatever the settings of the session are: a backslash in a plain literal makes it an escape string.
 */
final class ConditionScan {
    private final String text;
    private final String pointer;
    private final StringBuilder sql = new StringBuilder();
    private final Deque<Character> open = new ArrayDeque<>();
    private final Set<String> calls = new LinkedHashSet<>();
    private final Set<String> qualifiedCalls = new LinkedHashSet<>();
    private int at;

    ConditionScan(String text, String pointer) {
        this.text = text;
        this.pointer = pointer;
    }

    String sql() {
        if (text.length() > Condition.MAX_CHARACTERS) {
            throw refused("must have at most " + Condition.MAX_CHARACTERS + " characters");
        }
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '\'') {
                literal(false);
            } else if (c == '"') {
                quotedName();
            } else if (isWordStart(c)) {
                word();
            } else if (c >= '0' && c <= '9') {
                number();
            } else {
                symbol(c);
            }
        }
        if (!open.isEmpty()) {
            throw refused("has an open " + open.peek());
        }
        return sql.toString();
    }

    private void symbol(char c) {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if ((c == '-' && next == '-') || (c == '/' && next == '*') || (c == '*' && next == '/')) {
            throw refused("must not contain a comment");
        }
        switch (c) {
            case '(', '[' -> open.push(c);
            case ')' -> close('(');
            case ']' -> close('[');
            case ';' -> throw refused("must be one condition: it contains a semicolon outside of a literal");
            case '$' -> throw refused("must not contain $: write strings in single quotes");
            case '\\', '{', '}', '`' -> throw refused("must not contain " + c + " outside of a literal");
            default -> {
                if (c < ' ' && c != '\n' && c != '\t' && c != '\r') {
                    throw refused("must not contain control characters");
                }
            }
        }
        sql.append(c == '?' ? "??" : Character.toString(c));
        at++;
    }

    private void close(char opening) {
        if (open.isEmpty() || open.pop() != opening) {
            throw refused("has a closing bracket without an opening one");
        }
    }

    /** A letter, an underscore, or any character that is not ASCII. */
    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || (c >= '0' && c <= '9');
    }

    private void word() {
        int start = at;
        while (at < text.length() && isWordPart(text.charAt(at))) {
            at++;
        }
        String word = text.substring(start, at);
        char next = at < text.length() ? text.charAt(at) : ' ';
        String upper = word.toUpperCase(Locale.ROOT);
        if (next == '\'') {
            prefixed(upper);
            return;
        }
        if (upper.equals("U") && next == '&' && at + 1 < text.length() && "'\"".indexOf(text.charAt(at + 1)) >= 0) {
            throw refused("must not contain U& literals or names");
        }
        boolean isQualified = isQualified();
        sql.append(word);
        addCall(word.toLowerCase(Locale.ROOT), isQualified);
    }

    private void addCall(String name, boolean isQualified) {
        if (isCall()) {
            (isQualified ? qualifiedCalls : calls).add(name);
        }
    }

    /** Whether a dot precedes, possibly before blanks. */
    private boolean isQualified() {
        int last = sql.length() - 1;
        while (last >= 0 && Character.isWhitespace(sql.charAt(last))) {
            last--;
        }
        return last >= 0 && sql.charAt(last) == '.';
    }

    /** Whether an opening parenthesis follows, possibly after blanks. */
    private boolean isCall() {
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next < text.length() && text.charAt(next) == '(';
    }

    /** A literal with a prefix. A blank between a word and a quote is not a prefix. */
    private void prefixed(String prefix) {
        switch (prefix) {
            case "E" -> literal(true);
            case "B", "X", "N" -> {
                sql.append(prefix);
                literal(false);
            }
            default -> {
                sql.append(prefix.length() == 1 ? prefix : text.substring(at - prefix.length(), at))
                        .append(' ');
                literal(false);
            }
        }
    }

    private void number() {
        while (at < text.length() && (isWordPart(text.charAt(at)) || text.charAt(at) == '.')) {
            sql.append(text.charAt(at++));
        }
    }

    /** @param escapes whether a backslash escapes the next character */
    private void literal(boolean escapes) {
        at++;
        StringBuilder body = new StringBuilder();
        boolean hasBackslash = false;
        while (true) {
            if (at >= text.length()) {
                throw refused("has an open quote");
            }
            char c = text.charAt(at++);
            if (c == 0) {
                throw refused("must not contain U+0000");
            } else if (c == '\'') {
                if (at < text.length() && text.charAt(at) == '\'') {
                    body.append("''");
                    at++;
                } else {
                    break;
                }
            } else if (c == '\\') {
                hasBackslash = true;
                body.append("\\");
                if (!escapes) {
                    body.append("\\");
                } else if (at >= text.length()) {
                    throw refused("has an open quote");
                } else if (text.charAt(at) == '\'') { // doubled, because some settings forbid the other form
                    body.setLength(body.length() - 1);
                    body.append("''");
                    at++;
                } else {
                    body.append(text.charAt(at++));
                }
            } else {
                body.append(c);
            }
        }
        // An escape string with its own blank, so that it is never joined with the word before it.
        sql.append(escapes || hasBackslash ? " E'" : "'").append(body).append('\'');
    }

    private void quotedName() {
        int start = at++;
        while (true) {
            if (at >= text.length()) {
                throw refused("has an open quote");
            }
            char c = text.charAt(at++);
            if (c == 0) {
                throw refused("must not contain U+0000");
            } else if (c == '"') {
                if (at < text.length() && text.charAt(at) == '"') {
                    at++;
                } else {
                    break;
                }
            }
        }
        boolean isQualified = isQualified();
        sql.append(text, start, at);
        addCall(text.substring(start + 1, at - 1).replace("\"\"", "\""), isQualified);
    }

    /** The names before opening parentheses: functions, types and keywords. */
    Set<String> calls() {
        return calls;
    }

    /** Those with the name of a schema. */
    Set<String> qualifiedCalls() {
        return qualifiedCalls;
    }

    private Refusal.Invalid refused(String why) {
        return new Refusal.Invalid(pointer, why);
    }
}
