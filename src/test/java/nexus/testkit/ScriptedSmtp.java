package nexus.testkit;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server that answers as a test tells it. Otherwise it takes every mail, and the login {@code ann} with the
 * password {@code se cret}.
 */
public final class ScriptedSmtp implements AutoCloseable {
    /** A reply that never comes. */
    public static final String SILENCE = "";

    private final ServerSocket server;
    private final Map<String, String> replies;
    private final @Nullable SSLContext tls;
    private final List<Received> mails = new CopyOnWriteArrayList<>();
    private final List<String> commands = new CopyOnWriteArrayList<>();

    /** A mail with its envelope, its lines without the added dots. */
    public record Received(String from, List<String> to, String content) {}

    private ScriptedSmtp(Map<String, String> replies, @Nullable SSLContext tls) throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.replies = Map.copyOf(replies);
        this.tls = tls;
        Thread.ofVirtual().start(this::accept);
    }

    /** @param replies by the beginning of a command, {@code greeting} or {@code content}, in lines with {@code \n} between */
    public static ScriptedSmtp answering(Map<String, String> replies) throws IOException {
        return new ScriptedSmtp(replies, null);
    }

    /** Offers STARTTLS. */
    public static ScriptedSmtp withTls(SSLContext tls, Map<String, String> replies) throws IOException {
        return new ScriptedSmtp(replies, tls);
    }

    public int port() {
        return server.getLocalPort();
    }

    public List<Received> mails() {
        return List.copyOf(mails);
    }

    public List<String> commands() {
        return List.copyOf(commands);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket plain) {
        try (Socket first = plain) {
            Socket socket = first;
            BufferedReader in = reader(socket);
            String from = "";
            List<String> to = new CopyOnWriteArrayList<>();
            say(socket, reply("greeting", "220 test ESMTP"));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                commands.add(line);
                String command = line.toUpperCase(Locale.ROOT);
                if (command.startsWith("EHLO")) {
                    boolean offersTls = tls != null && !(socket instanceof SSLSocket);
                    say(
                            socket,
                            reply(
                                    "EHLO",
                                    "250-test\n" + (offersTls ? "250-STARTTLS\n" : "")
                                            + "250-SIZE 1000000\n250 AUTH PLAIN LOGIN"));
                } else if (command.equals("STARTTLS")) {
                    say(socket, reply("STARTTLS", "220 go"));
                    SSLContext context = tls;
                    if (context == null) {
                        return;
                    }
                    SSLSocket encrypted =
                            (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
                    encrypted.setUseClientMode(false);
                    socket = encrypted;
                    in = reader(socket);
                } else if (command.startsWith("AUTH PLAIN ")) {
                    String login = new String(Base64.getDecoder().decode(line.substring(11)), StandardCharsets.UTF_8);
                    say(socket, reply("AUTH", login.equals("\0ann\0se cret") ? "235 ok" : "535 5.7.8 no"));
                } else if (command.startsWith("MAIL FROM:")) {
                    from = line.substring(10);
                    say(socket, reply(line, "250 ok"));
                } else if (command.startsWith("RCPT TO:")) {
                    String answer = reply(line, "250 ok");
                    if (answer.startsWith("2")) {
                        to.add(line.substring(8));
                    }
                    say(socket, answer);
                } else if (command.equals("DATA")) {
                    String answer = reply("DATA", "354 go");
                    say(socket, answer);
                    if (answer.startsWith("354")) {
                        String content = content(in);
                        String last = reply("content", "250 2.0.0 queued as 7");
                        if (last.startsWith("250")) {
                            mails.add(new Received(from, List.copyOf(to), content));
                        }
                        say(socket, last);
                    }
                } else if (command.equals("QUIT")) {
                    say(socket, "221 bye");
                    return;
                } else {
                    say(socket, reply(line, "502 what?"));
                }
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static String content(BufferedReader in) throws IOException {
        StringBuilder content = new StringBuilder();
        for (String line = in.readLine(); !".".equals(line); line = in.readLine()) {
            if (line == null) {
                throw new EOFException("the mail is not finished");
            }
            content.append(line.startsWith(".") ? line.substring(1) : line).append("\r\n");
        }
        return content.toString();
    }

    private String reply(String command, String otherwise) {
        Optional<String> scripted = replies.entrySet().stream()
                .filter(reply -> command.startsWith(reply.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        return scripted.orElse(otherwise);
    }

    private static void say(Socket socket, String reply) throws IOException {
        if (!reply.equals(SILENCE)) {
            OutputStream out = socket.getOutputStream();
            out.write((reply.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
