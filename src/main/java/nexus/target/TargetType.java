package nexus.target;

/** The catalogue of targets. Each has one {@link Sender}; the names are part of the API. */
public enum TargetType {
    WEBHOOK,
    SLACK,
    DISCORD,
    TEAMS,
    EMAIL,
    SMS,
    KAFKA;

    /** Whether a person reads what is sent: a message, not a body in one of the formats. */
    public boolean isReadByPeople() {
        return switch (this) {
            case WEBHOOK, KAFKA -> false;
            case SLACK, DISCORD, TEAMS, EMAIL, SMS -> true;
        };
    }
}
