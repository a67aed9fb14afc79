/**
 * The pages of subscriptions and listeners: who gets what, how is it going, and what would a change do?
 *
 * <p>Takes what the API gives and a posted form, gives HTML and calls of the API. Never keeps a secret: one that is made is
 * shown once, in the answer to the request that made it.
 */
@NullMarked
package nexus.page.subscription;

import org.jspecify.annotations.NullMarked;
