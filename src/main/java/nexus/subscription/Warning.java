package nexus.subscription;

/** What will surprise the one who made a subscription, and the way to change it. */
public record Warning(String code, String detail, String fix) {}
