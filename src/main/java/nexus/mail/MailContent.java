package nexus.mail;

import java.util.Optional;

/**
 * What a mail says.
 *
 * @param html the same as the text, formatted; empty: the mail has text only
 */
record MailContent(String subject, String text, Optional<String> html) {
    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "MailContent[redacted]";
    }
}
