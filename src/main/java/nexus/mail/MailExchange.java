package nexus.mail;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nexus.mail.SmtpDialogue.Ending;
import nexus.mail.SmtpDialogue.Plan;
import nexus.mail.SmtpDialogue.StartTls;
import nexus.mail.SmtpDialogue.Step;
import nexus.mail.SmtpServer.Login;
import nexus.target.Answer;
import nexus.target.MailTarget;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.webhook.answer.FailureText;
import nexus.webhook.guard.TargetResolver.Resolution;
import org.jspecify.annotations.Nullable;

/**
 * One mail, from the name lookup to its result, over a connection of its own. Lives on the sending loop. When the result
 * is there, whatever comes after it is ignored.
 */
final class MailExchange {
    private static final String NOT_PERMITTED = "this process may not send any more";

    private final MailSender sender;
    private final SmtpServer server;
    private final MailTarget target;
    private final Buffer mail;
    private final Permission permission;
    private final long startedAt;
    private final Promise<SendResult> result = Promise.promise();
    private final ReplyReader reader = new ReplyReader();
    private final Deque<InetAddress> untried = new ArrayDeque<>();
    private String doing = "waiting for a connection to the SMTP server";
    private boolean isStarted;
    private @Nullable NetSocket socket;
    private @Nullable SmtpDialogue dialogue;
    private long deadline = -1;

    /** @param startedAt {@link System#nanoTime()} when the mail was asked for */
    MailExchange(
            MailSender sender,
            SmtpServer server,
            MailTarget target,
            Buffer mail,
            Permission permission,
            long startedAt) {
        this.sender = sender;
        this.server = server;
        this.target = target;
        this.mail = mail;
        this.permission = permission;
        this.startedAt = startedAt;
    }

    Future<SendResult> result() {
        return result.future();
    }

    boolean isUnderLease() {
        return permission != Permission.ALWAYS;
    }

    /** From now on the deadline counts, also while the mail waits for its turn. */
    void watch() {
        deadline =
                sender.vertx.setTimer(Math.max(1, sender.timeout.minus(took()).toMillis()), ignored -> timedOut());
    }

    void start() {
        isStarted = true;
        doing = "looking up the SMTP server's name";
        sender.resolver
                .resolve(server.host())
                .onSuccess(resolution -> sender.context.runOnContext(ignored -> resolved(resolution)));
    }

    void cutOff() {
        finish(new SendResult.Unreachable(NOT_PERMITTED, took()));
    }

    private void timedOut() {
        SmtpDialogue running = dialogue;
        String what = running == null ? doing : running.doing();
        boolean isBeforeMail = running == null ? isStarted : running.isBeforeMail();
        finish(isBeforeMail ? outOfService("timed out " + what) : new SendResult.TimedOut(what, took()));
    }

    private void resolved(Resolution resolution) {
        if (isOver()) {
            return;
        }
        switch (resolution) {
            case Resolution.Open open -> {
                untried.addAll(open.addresses());
                connect(Optional.empty());
            }
            case Resolution.Blocked blocked ->
                finish(new SendResult.Blocked(blocked.address().getHostAddress(), took()));
            case Resolution.Unknown() -> finish(outOfService("the SMTP server's name has no address"));
            case Resolution.Late() -> finish(outOfService("timed out " + doing));
        }
    }

    private void connect(Optional<Throwable> failure) {
        InetAddress address = untried.poll();
        if (address == null) {
            finish(outOfService("the SMTP server can't be reached: "
                    + failure.map(FailureText::of).orElse("it has no address")));
            return;
        }
        doing = "connecting to the SMTP server";
        sender.client(server)
                .connect(peer(address), serverName())
                .onSuccess(opened -> connected(opened, address))
                .onFailure(cause -> {
                    if (!isOver()) {
                        connect(Optional.of(cause));
                    }
                });
    }

    /** The address that was checked, with the name that the certificate must have. */
    private SocketAddress peer(InetAddress address) {
        try {
            return SocketAddress.inetSocketAddress(new InetSocketAddress(
                    InetAddress.getByAddress(server.bareHost(), address.getAddress()), server.port()));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private @Nullable String serverName() {
        return server.host().startsWith("[") || server.host().matches("[0-9.]+") ? null : server.host();
    }

    private void connected(NetSocket opened, InetAddress address) {
        if (isOver()) {
            opened.close();
            return;
        }
        socket = opened;
        SmtpDialogue started = new SmtpDialogue(new Plan(
                ownName(opened),
                server.isImplicitTls(),
                startTls(address),
                server.login(),
                server.from(),
                target.to(),
                mail.length()));
        dialogue = started;
        opened.exceptionHandler(this::broken);
        opened.closeHandler(ignored -> broken(null));
        opened.handler(bytes -> read(started, bytes));
    }

    /** A machine's own server is not asked for TLS, unless its certificate is known. */
    private StartTls startTls(InetAddress address) {
        if (address.isLoopbackAddress() && server.ca().isEmpty()) {
            return StartTls.NEVER;
        }
        return server.login().isPresent() ? StartTls.REQUIRED : StartTls.OFFERED;
    }

    private static String ownName(NetSocket opened) {
        String address =
                opened.localAddress() == null ? null : opened.localAddress().hostAddress();
        return address == null ? "[127.0.0.1]" : '[' + (address.indexOf(':') < 0 ? "" : "IPv6:") + address + ']';
    }

    private void read(SmtpDialogue started, Buffer bytes) {
        if (isOver()) {
            return;
        }
        try {
            List<SmtpReply> replies = reader.read(bytes);
            for (int i = 0; i < replies.size() && !isOver(); i++) {
                boolean isLast = i == replies.size() - 1 && reader.isBetweenReplies();
                take(started.on(replies.get(i)), isLast);
            }
        } catch (ReplyReader.BrokenReply e) {
            finish(outOfService("the SMTP server breaks the protocol: " + e.getMessage()));
        }
    }

    /** @param isLast whether the server has said no more than the reply that led to this step */
    private void take(Step step, boolean isLast) {
        NetSocket open = socket;
        if (open == null) {
            return;
        }
        switch (step) {
            case Step.Write write -> open.write(write.line() + "\r\n");
            case Step.Encrypt encrypt -> {
                if (isLast) {
                    encrypt(open);
                } else { // it would be taken for a part of the encrypted dialogue
                    finish(outOfService("the SMTP server breaks the protocol: it speaks before TLS has begun"));
                }
            }
            case Step.WriteMail content -> {
                if (permission.isGiven()) {
                    open.write(mail);
                } else { // without the line that ends it, the server discards the mail
                    finish(new SendResult.Unreachable(NOT_PERMITTED, took()));
                }
            }
            case Step.End end -> finish(result(end.ending()));
        }
    }

    private void encrypt(NetSocket open) {
        open.upgradeToSsl(serverName())
                .onSuccess(ignored -> {
                    SmtpDialogue running = dialogue;
                    if (!isOver() && running != null) {
                        take(running.encrypted(), true);
                    }
                })
                .onFailure(cause -> finish(outOfService(FailureText.of(cause))));
    }

    private void broken(@Nullable Throwable cause) {
        SmtpDialogue running = dialogue;
        String why = "the SMTP server closed the connection";
        finish(
                running != null && running.isBeforeMail()
                        ? outOfService(cause == null ? why : FailureText.of(cause))
                        : new SendResult.Unreachable(why, took()));
    }

    private SendResult result(Ending ending) {
        return switch (ending) {
            case Ending.Accepted accepted -> new SendResult.Delivered(answer(accepted), took());
            case Ending.NotNow later ->
                new SendResult.Refused(
                        why(later.why(), later.reply()), answer(later.reply()), new Extent.ThisDelivery(), took());
            case Ending.Never never ->
                new SendResult.Refused(
                        never.reply().map(reply -> why(never.why(), reply)).orElse(never.why()),
                        never.reply().map(this::answer).orElse(new Answer(null, "")),
                        new Extent.ThisDeliveryForGood(),
                        took());
            case Ending.NoService none ->
                new SendResult.OutOfService(
                        none.reply().map(reply -> why(none.why(), reply)).orElse(none.why()),
                        none.reply().map(this::answer).orElse(null),
                        took());
        };
    }

    /** Names the recipients that are left out. */
    private Answer answer(Ending.Accepted accepted) {
        if (accepted.refused().isEmpty()) {
            return answer(accepted.reply());
        }
        String left = accepted.refused().stream()
                .map(one -> one.recipient().address() + " (" + one.reply().text() + ")")
                .collect(Collectors.joining("; "));
        return new Answer(
                accepted.reply().code(), withoutLogin(accepted.reply().text() + "; not delivered to " + left));
    }

    private Answer answer(SmtpReply reply) {
        return new Answer(reply.code(), withoutLogin(reply.text()));
    }

    private String why(String why, SmtpReply reply) {
        return withoutLogin(why + ": " + reply.text());
    }

    /** A server may repeat what it was sent. */
    private String withoutLogin(String text) {
        return server.login()
                .map(Login::password)
                .map(password -> text.replace(password, "***"))
                .orElse(text);
    }

    private SendResult outOfService(String why) {
        return new SendResult.OutOfService(why, null, took());
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - startedAt);
    }

    private boolean isOver() {
        return result.future().isComplete();
    }

    private void finish(SendResult outcome) {
        if (!result.tryComplete(outcome)) {
            return;
        }
        sender.vertx.cancelTimer(deadline);
        NetSocket open = socket;
        if (open != null) {
            boolean isGraceful = outcome instanceof SendResult.Delivered || outcome instanceof SendResult.Refused;
            if (isGraceful) {
                open.write("QUIT\r\n");
            }
            open.close();
        }
        sender.ended(this);
    }
}
