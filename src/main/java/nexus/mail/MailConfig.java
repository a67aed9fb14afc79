package nexus.mail;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** How mails are sent. */
@ConfigMapping(prefix = "nexus.mail")
public interface MailConfig {
    /** {@code SMTP_URL}: see {@link SmtpServer#parse}. Without it there are no targets of the type EMAIL. */
    Optional<String> smtpUrl();
}
