/* SPDX-License-Identifier: Apache-2.0
 * The table of feeds. Durable names, paths, envelope types and cache sizes are public contract. */
#include "services/api/feed.h"

static const struct tl_api_feed_info feeds[TL_API_FEED_COUNT] = {
    [TL_API_OPTIONS] = {"option-prints", "api-option-prints", TL_SUBJECT_OPTIONS_SIGNAL,
                        TL_TABLE_OPTION_PRINTS, TL_LIVE_OPTIONS, "/ws/options", "option-print",
                        "LIVE_LIMIT_OPTIONS", 1000, 15000, "options"},
    [TL_API_NBBO] = {"option-nbbo", "api-option-nbbo", TL_SUBJECT_OPTIONS_NBBO,
                     TL_TABLE_OPTION_NBBO, TL_LIVE_NBBO, "/ws/options-nbbo", "option-nbbo",
                     "LIVE_LIMIT_NBBO", 1000, 15000, "nbbo"},
    [TL_API_EQUITIES] = {"equity-prints", "api-equity-prints", TL_SUBJECT_EQUITY_PRINTS,
                         TL_TABLE_EQUITY_PRINTS, TL_LIVE_EQUITIES, "/ws/equities", "equity-print",
                         "LIVE_LIMIT_EQUITIES", 1000, 15000, "equities"},
    [TL_API_QUOTES] = {"equity-quotes", "api-equity-quotes", TL_SUBJECT_EQUITY_QUOTES,
                       TL_TABLE_EQUITY_QUOTES, TL_LIVE_EQUITY_QUOTES, "/ws/equity-quotes",
                       "equity-quote", "LIVE_LIMIT_EQUITY_QUOTES", 500, 0, NULL},
    [TL_API_CANDLES] = {"equity-candles", "api-equity-candles", TL_SUBJECT_EQUITY_CANDLES,
                        TL_TABLE_CANDLES, TL_LIVE_EQUITY_CANDLES, "/ws/equity-candles",
                        "equity-candle", NULL, 0, 0, NULL},
    [TL_API_JOINS] = {"equity-joins", "api-equity-joins", TL_SUBJECT_EQUITY_JOINS, TL_TABLE_JOINS,
                      TL_LIVE_EQUITY_JOINS, "/ws/equity-joins", "equity-join",
                      "LIVE_LIMIT_EQUITY_JOINS", 500, 0, NULL},
    [TL_API_DARK] = {"inferred-dark", "api-inferred-dark", TL_SUBJECT_INFERRED_DARK, TL_TABLE_DARK,
                     TL_LIVE_INFERRED_DARK, "/ws/inferred-dark", "inferred-dark",
                     "LIVE_LIMIT_INFERRED_DARK", 300, 0, NULL},
    [TL_API_PACKETS] = {"flow-packets", "api-flow-packets", TL_SUBJECT_FLOW_PACKETS,
                        TL_TABLE_PACKETS, TL_LIVE_FLOW, "/ws/flow", "flow-packet",
                        "LIVE_LIMIT_FLOW", 500, 30000, "flow"},
    [TL_API_SMART_MONEY] = {"smart-money", "api-smart-money-events", TL_SUBJECT_SMART_MONEY,
                            TL_TABLE_SMART_MONEY, TL_LIVE_SMART_MONEY, "/ws/smart-money",
                            "smart-money", "LIVE_LIMIT_SMART_MONEY", 300, 0, NULL},
    [TL_API_HITS] = {"classifier-hits", "api-classifier-hits", TL_SUBJECT_CLASSIFIER_HITS,
                     TL_TABLE_HITS, TL_LIVE_CLASSIFIER_HITS, "/ws/classifier-hits",
                     "classifier-hit", "LIVE_LIMIT_CLASSIFIER_HITS", 300, 0, NULL},
    [TL_API_ALERTS] = {"alerts", "api-alerts", TL_SUBJECT_ALERTS, TL_TABLE_ALERTS, TL_LIVE_ALERTS,
                       "/ws/alerts", "alert", "LIVE_LIMIT_ALERTS", 300, 0, NULL},
    [TL_API_RAW] = {"raw-prints", "api-page-prints", TL_SUBJECT_OPTIONS_PRINTS,
                    TL_TABLE_OPTION_PRINTS, TL_LIVE_OPTIONS, NULL, NULL, NULL, 0, 0, NULL},
};

const struct tl_api_feed_info *tl_api_feed_info(enum tl_api_feed feed)
{
    return &feeds[feed];
}
