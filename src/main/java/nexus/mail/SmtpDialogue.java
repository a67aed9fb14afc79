package nexus.mail;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import nexus.mail.SmtpServer.Login;
import nexus.target.MailAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is said to a server to hand one mail over, and what its replies mean. Pure: replies are arguments, steps are
 * results.
 *
 * <p>All recipients are named before the mail is sent, so nobody gets it twice: when one of them must be tried again
 * later, it is sent to nobody yet; when one of them is refused for good, it is sent to the others.
 */
final class SmtpDialogue {
    private final Plan plan;
    private final List<MailAddress> accepted = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();
    private Awaiting awaiting = Awaiting.GREETING;
    private boolean isTls;
    private Set<String> extensions = Set.of();
    private Set<String> mechanisms = Set.of();
    private OptionalLong maxBytes = OptionalLong.empty();
    private int recipient; // the one whose reply is awaited

    /**
     * What one dialogue is to reach.
     *
     * @param ownName how Nexus presents itself
     * @param isImplicitTls whether the connection has TLS already
     * @param tls whether STARTTLS is used
     * @param size of the mail
     */
    record Plan(
            String ownName,
            boolean isImplicitTls,
            StartTls tls,
            Optional<Login> login,
            MailAddress from,
            List<MailAddress> to,
            int size) {}

    /** Whether the connection gets TLS with STARTTLS. */
    enum StartTls {
        REQUIRED,
        /** When the server offers it. */
        OFFERED,
        NEVER
    }

    /** What is done next. */
    sealed interface Step {
        /** A command is written. */
        record Write(String line) implements Step {
            /** May be a password. */
            @Override
            public String toString() {
                return "Write[redacted]";
            }
        }

        /** The TLS handshake begins. */
        record Encrypt() implements Step {}

        /** The mail is written. */
        record WriteMail() implements Step {}

        /** The dialogue is over. */
        record End(Ending ending) implements Step {}
    }

    /** A recipient that the server does not accept. */
    record Refused(MailAddress recipient, SmtpReply reply) {}

    /** How a dialogue ends. */
    sealed interface Ending {
        /** The server has the mail. */
        record Accepted(List<MailAddress> recipients, List<Refused> refused, SmtpReply reply) implements Ending {}

        /** The server does not take this mail now. */
        record NotNow(String why, SmtpReply reply) implements Ending {}

        /** The server will not take this mail. */
        record Never(String why, Optional<SmtpReply> reply) implements Ending {}

        /** The server takes no mail from Nexus at all. */
        record NoService(String why, Optional<SmtpReply> reply) implements Ending {}
    }

    private enum Awaiting {
        GREETING,
        EHLO,
        HELO,
        STARTTLS,
        HANDSHAKE,
        PLAIN,
        LOGIN_USER,
        LOGIN_PASSWORD,
        CRAM_CHALLENGE,
        AUTHENTICATED,
        MAIL,
        RCPT,
        DATA,
        STORED
    }

    SmtpDialogue(Plan plan) {
        this.plan = plan;
        this.isTls = plan.isImplicitTls();
    }

    /** Continues "timed out". */
    String doing() {
        return switch (awaiting) {
            case GREETING, EHLO, HELO -> "waiting for the SMTP server's greeting";
            case STARTTLS, HANDSHAKE -> "starting TLS";
            case PLAIN, LOGIN_USER, LOGIN_PASSWORD, CRAM_CHALLENGE, AUTHENTICATED -> "logging in at the SMTP server";
            case MAIL, RCPT, DATA -> "waiting for the SMTP server";
            case STORED -> "waiting for the SMTP server to accept the mail";
        };
    }

    /** Whether the server has not taken a command about the mail. */
    boolean isBeforeMail() {
        return awaiting.compareTo(Awaiting.MAIL) < 0;
    }

    Step on(SmtpReply reply) {
        return switch (awaiting) {
            case GREETING ->
                reply.code() == 220
                        ? say("EHLO " + plan.ownName(), Awaiting.EHLO)
                        : noService("the SMTP server takes no mail now", reply);
            case EHLO -> reply.isPositive() ? greeted(reply.lines()) : withoutExtensions(reply);
            case HELO -> reply.isPositive() ? greeted(List.of()) : noService("the SMTP server refuses Nexus", reply);
            case STARTTLS -> {
                awaiting = Awaiting.HANDSHAKE;
                yield reply.code() == 220 ? new Step.Encrypt() : noService("the SMTP server starts no TLS", reply);
            }
            case HANDSHAKE -> noService("the SMTP server breaks the protocol", reply);
            case PLAIN -> {
                awaiting = Awaiting.AUTHENTICATED;
                yield reply.isIntermediate() ? new Step.Write(plain(login())) : on(reply);
            }
            case LOGIN_USER ->
                reply.isIntermediate() ? say(base64(login().user()), Awaiting.LOGIN_PASSWORD) : loginRefused(reply);
            case LOGIN_PASSWORD ->
                reply.isIntermediate() ? say(base64(login().password()), Awaiting.AUTHENTICATED) : loginRefused(reply);
            case CRAM_CHALLENGE -> reply.isIntermediate() ? cram(reply.lines().getFirst()) : loginRefused(reply);
            case AUTHENTICATED -> reply.isPositive() ? mailFrom() : loginRefused(reply);
            case MAIL -> reply.isPositive() ? nextRecipient() : senderRefused(reply);
            case RCPT -> recipientAnswered(reply);
            case DATA -> {
                awaiting = Awaiting.STORED;
                yield reply.isIntermediate() ? new Step.WriteMail() : mailRefused(reply);
            }
            case STORED ->
                reply.isPositive()
                        ? new Step.End(new Ending.Accepted(List.copyOf(accepted), List.copyOf(refused), reply))
                        : mailRefused(reply);
        };
    }

    /** The handshake that {@link Step.Encrypt} began has succeeded. What the server said before it does not count. */
    Step encrypted() {
        isTls = true;
        return say("EHLO " + plan.ownName(), Awaiting.EHLO);
    }

    private Step say(String line, Awaiting next) {
        awaiting = next;
        return new Step.Write(line);
    }

    private Step withoutExtensions(SmtpReply reply) {
        return reply.isTransient()
                ? noService("the SMTP server takes no mail now", reply)
                : say("HELO " + plan.ownName(), Awaiting.HELO);
    }

    private Step greeted(List<String> lines) {
        read(lines);
        boolean canEncrypt = extensions.contains("STARTTLS");
        if (!isTls && plan.tls() != StartTls.NEVER) {
            if (canEncrypt) {
                return say("STARTTLS", Awaiting.STARTTLS);
            } else if (plan.tls() == StartTls.REQUIRED) {
                return noService("the SMTP server offers no STARTTLS, and a password is not sent without TLS");
            }
        }
        return plan.login().isPresent() ? logIn() : mailFrom();
    }

    private void read(List<String> lines) {
        extensions = new TreeSet<>();
        mechanisms = new TreeSet<>();
        maxBytes = OptionalLong.empty();
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            List<String> words = Arrays.asList(line.strip()
                    .toUpperCase(Locale.ROOT)
                    .replaceFirst("^AUTH=", "AUTH ")
                    .split(" +"));
            String name = words.getFirst();
            extensions.add(name);
            if (name.equals("AUTH")) {
                mechanisms.addAll(words.subList(1, words.size()));
            } else if (name.equals("SIZE") && words.size() > 1 && words.get(1).matches("[1-9][0-9]{0,17}")) {
                maxBytes = OptionalLong.of(Long.parseLong(words.get(1)));
            }
        }
    }

    private Step logIn() {
        if (mechanisms.contains("PLAIN")) {
            return say("AUTH PLAIN " + plain(login()), Awaiting.PLAIN);
        } else if (mechanisms.contains("LOGIN")) {
            return say("AUTH LOGIN", Awaiting.LOGIN_USER);
        } else if (mechanisms.contains("CRAM-MD5")) {
            return say("AUTH CRAM-MD5", Awaiting.CRAM_CHALLENGE);
        }
        return noService("the SMTP server offers none of the logins PLAIN, LOGIN and CRAM-MD5");
    }

    private Login login() {
        return plan.login().orElseThrow();
    }

    private static String plain(Login login) {
        return base64('\0' + login.user() + '\0' + login.password());
    }

    private Step cram(String challenge) {
        try {
            Mac mac = Mac.getInstance("HmacMD5");
            mac.init(new SecretKeySpec(login().password().getBytes(StandardCharsets.UTF_8), "HmacMD5"));
            byte[] hash = mac.doFinal(Base64.getDecoder().decode(challenge.strip()));
            return say(base64(login().user() + ' ' + HexFormat.of().formatHex(hash)), Awaiting.AUTHENTICATED);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return noService("the SMTP server's challenge for the login can't be read");
        }
    }

    /** The reply may repeat the login, so only its code is shown. */
    private Step loginRefused(SmtpReply reply) {
        return noService("the SMTP server refuses the login of SMTP_URL", new SmtpReply(reply.code(), List.of()));
    }

    private Step mailFrom() {
        if (maxBytes.isPresent() && plan.size() > maxBytes.getAsLong()) {
            return new Step.End(new Ending.Never(
                    "the mail has " + plan.size() + " bytes, and the SMTP server takes " + maxBytes.getAsLong(),
                    Optional.empty()));
        }
        String size = extensions.contains("SIZE") ? " SIZE=" + plan.size() : "";
        return say("MAIL FROM:<" + plan.from().address() + '>' + size, Awaiting.MAIL);
    }

    private Step senderRefused(SmtpReply reply) {
        return switch (reply.code()) {
            case 452, 552 -> mailRefused(reply); // of this size
            default ->
                reply.isTransient() && reply.code() != 421
                        ? new Step.End(new Ending.NotNow("the SMTP server takes no mail now", reply))
                        : noService("the SMTP server refuses the sender of SMTP_URL", reply);
        };
    }

    private Step nextRecipient() {
        return say("RCPT TO:<" + plan.to().get(recipient).address() + '>', Awaiting.RCPT);
    }

    private Step recipientAnswered(SmtpReply reply) {
        if (reply.code() == 421) {
            return noService("the SMTP server takes no mail now", reply);
        } else if (reply.code() == 530 || reply.code() == 535) {
            return noService("the SMTP server requires a login", reply);
        } else if (reply.isPositive()) {
            accepted.add(plan.to().get(recipient));
        } else {
            refused.add(new Refused(plan.to().get(recipient), reply));
        }
        recipient++;
        return recipient < plan.to().size() ? nextRecipient() : recipientsAnswered();
    }

    private Step recipientsAnswered() {
        Optional<Refused> later =
                refused.stream().filter(one -> !one.reply().isPermanent()).findFirst();
        if (later.isPresent()) {
            return new Step.End(new Ending.NotNow(
                    "the SMTP server does not take mail for "
                            + later.get().recipient().address() + " now",
                    later.get().reply()));
        } else if (accepted.isEmpty()) {
            Refused first = refused.getFirst();
            return new Step.End(new Ending.Never(
                    "the SMTP server refuses " + first.recipient().address(), Optional.of(first.reply())));
        }
        return say("DATA", Awaiting.DATA);
    }

    private static Step mailRefused(SmtpReply reply) {
        return new Step.End(
                reply.isPermanent()
                        ? new Ending.Never("the SMTP server refuses the mail", Optional.of(reply))
                        : new Ending.NotNow("the SMTP server does not take the mail now", reply));
    }

    private static Step noService(String why) {
        return new Step.End(new Ending.NoService(why, Optional.empty()));
    }

    private static Step noService(String why, @Nullable SmtpReply reply) {
        return new Step.End(new Ending.NoService(why, Optional.ofNullable(reply)));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
