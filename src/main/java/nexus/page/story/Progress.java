package nexus.page.story;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far one attempt came. The phases follow from how it ended: each one before the last was passed.
 *
 * @param name of the phase, for people
 * @param state of the phase
 */
public record Progress(String name, State state) {
    private static final String LOOK_UP = "look up";
    private static final String TOKEN = "access token";
    private static final String CONNECT = "connect";
    private static final String TLS = "TLS";
    private static final String REQUEST = "send";
    private static final String ANSWER = "answer";
    private static final String BODY = "body";

    public enum State {
        PASSED("passed"),
        FAILED("failed here"),
        NOT_REACHED("not reached");

        private final String word;

        State(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * The phases of one attempt.
     *
     * @param isTls whether the endpoint's URL is one of https
     * @param hasToken whether an access token is fetched for it
     * @return empty when no request was made
     */
    public static List<Progress> of(Optional<Integer> code, Optional<String> error, boolean isTls, boolean hasToken) {
        List<String> phases = new ArrayList<>(List.of(LOOK_UP));
        if (hasToken) {
            phases.add(TOKEN);
        }
        phases.add(CONNECT);
        if (isTls) {
            phases.add(TLS);
        }
        phases.addAll(List.of(REQUEST, ANSWER, BODY));
        if (code.isPresent()) {
            return phases.stream()
                    .map(phase -> new Progress(phase, State.PASSED))
                    .toList();
        }
        if (error.isEmpty()) {
            return List.of();
        }
        int failed = phases.indexOf(failedIn(error.get(), hasToken));
        if (failed < 0) {
            return List.of();
        }
        List<Progress> all = new ArrayList<>();
        for (int i = 0; i < phases.size(); i++) {
            all.add(new Progress(
                    phases.get(i), i < failed ? State.PASSED : i == failed ? State.FAILED : State.NOT_REACHED));
        }
        return all;
    }

    /** A text that is no phase when it is not known. */
    private static String failedIn(String error, boolean hasToken) {
        if (error.startsWith("timed out looking up")
                || error.contains("has no address")
                || error.contains("TARGETS_ALLOW")) {
            return LOOK_UP;
        }
        if (hasToken && error.contains("token")) {
            return TOKEN;
        }
        if (error.startsWith("timed out connecting")
                || error.startsWith("connection refused")
                || error.startsWith("no route")
                || error.startsWith("the proxy")
                || error.startsWith("no local port")) {
            return CONNECT;
        }
        if (error.startsWith("TLS:")) {
            return TLS;
        }
        if (error.startsWith("timed out waiting for the answer")
                || error.contains("before an answer")
                || error.contains("reset the request")) {
            return ANSWER;
        }
        if (error.startsWith("timed out reading") || error.contains("middle of the answer")) {
            return BODY;
        }
        return "";
    }
}
