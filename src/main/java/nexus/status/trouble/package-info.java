/**
 * What is wrong with which subscription, since when and why?
 *
 * <p>Takes what the store knows of subscriptions that do not deliver, gives one line for each of them and its reason. Never
 * reads history, apart from the last attempt of a subscription that it shows.
 */
@NullMarked
package nexus.status.trouble;

import org.jspecify.annotations.NullMarked;
