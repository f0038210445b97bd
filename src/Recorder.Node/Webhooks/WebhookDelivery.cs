using System.Net;
using Polly;
using Polly.Retry;
using Recorder.Actors.Catalogue;
using Recorder.Contracts.Json;
using Recorder.Node.Security;

namespace Recorder.Node.Webhooks;

/// <summary>Delivers the journal to one webhook, entry by entry. A failed entry is tried again while the later ones wait, so that
/// each recorder's events arrive in order. The memory for a webhook is a position and a page of entries, whatever its receiver
/// does.</summary>
internal sealed partial class WebhookDelivery(
    Webhook webhook, WebhookState state, WebhookStore store, WebhookSender sender, ICatalogue catalogue, WebhookTimes times, ILogger logger)
{
    private const int Page = 100;

    private readonly ResiliencePipeline<Outcome> _attempts = Attempts(times);
    private volatile WebhookState _state = state;

    private enum Outcome
    {
        Failed,
        Delivered,
        Gone,
        Late,
    }

    public Webhook Webhook => webhook;
    public WebhookState State => _state;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && !_state.IsGone)
        {
            try
            {
                await catalogue.WaitForEventsAsync(_state.Through, cancellationToken);
                var last = await catalogue.LastEventAsync(cancellationToken);
                var entries = await catalogue.ReadEventsAsync(_state.Through, null, Page, cancellationToken);
                foreach (var entry in entries)
                    await PassAsync(entry, cancellationToken);

                // Numbers of the journal may have gaps, at its end too.
                if (entries.Count == 0)
                    _state = _state with { Through = Math.Max(_state.Through, last) };
            }
            catch (JournalTruncatedException truncated)
            {
                var missed = Math.Max(0, truncated.Oldest - 1 - _state.Through);
                LogMissed(webhook.Id, missed);
                _state = _state with { Through = truncated.Oldest - 1, Missed = _state.Missed + missed };
            }
            catch (Exception failed) when (failed is CatalogueUnavailableException or IOException or UnauthorizedAccessException)
            {
                LogWaiting(webhook.Id, failed.Message);
                // Cancelled, the loop's condition ends it.
                await Task.Delay(times.FirstRetry, times.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The loop's condition ends it.
            }
        }
    }

    private static ResiliencePipeline<Outcome> Attempts(WebhookTimes times) =>
        new ResiliencePipelineBuilder<Outcome> { TimeProvider = times.Time }
            .AddRetry(new RetryStrategyOptions<Outcome>
            {
                ShouldHandle = new PredicateBuilder<Outcome>().HandleResult(Outcome.Failed),
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = times.FirstRetry,
                MaxDelay = times.LongestRetry,
            })
            .Build();

    private async Task PassAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        if (_state.IsGone)
            return;

        var recorder = entry.Event.Recorder.ToString();
        var body = ProtocolJson.WriteUtf8<RecorderProtocol.IEvent>(entry.Event);
        var kind = EventKindConverter.NameOf(entry.Event.GetType());
        if ((webhook.Kinds.Count > 0 && !webhook.Kinds.Contains(kind, StringComparer.Ordinal))
            || (webhook.Recorders.Count > 0 && !webhook.Recorders.Any(pattern => ApiKey.Matches(pattern, recorder))))
        {
            _state = _state with { Through = entry.Number };
            return;
        }

        var began = times.Time.GetTimestamp();
        var outcome = await _attempts.ExecuteAsync(
            async attempt => await AttemptAsync(recorder, kind, entry.Number, body, began, attempt), cancellationToken);
        _state = outcome switch
        {
            Outcome.Gone => _state with { IsGone = true },
            Outcome.Late => _state with { Through = entry.Number, Missed = _state.Missed + 1 },
            _ => _state with { Through = entry.Number, Failures = 0, Problem = null },
        };
        store.Save(webhook.Id, _state);
    }

    private async Task<Outcome> AttemptAsync(
        string recorder, string kind, long number, ReadOnlyMemory<byte> body, long began, CancellationToken cancellationToken)
    {
        string problem;
        try
        {
            var status = await sender.SendAsync(webhook, recorder, kind, number, body, cancellationToken);
            if ((int)status is >= 200 and < 300)
                return Outcome.Delivered;

            problem = $"the receiver answers {(int)status}";
            if (status == HttpStatusCode.Gone)
            {
                Fail(problem);
                return Outcome.Gone;
            }
        }
        catch (HttpRequestException failed)
        {
            problem = failed.InnerException?.Message ?? failed.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem = "the receiver does not answer in time";
        }

        Fail(problem);
        return times.Time.GetElapsedTime(began) < times.GiveUpAfter ? Outcome.Failed : Outcome.Late;
    }

    private void Fail(string problem)
    {
        _state = _state with { Failures = _state.Failures + 1, Problem = problem };
        LogFailed(webhook.Id, _state.Failures, problem);
    }

    [LoggerMessage(EventId = 7101, Level = LogLevel.Warning, Message = "Webhook {Id} failed {Count} times in a row: {Problem}")]
    private partial void LogFailed(string id, int count, string problem);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Warning, Message = "Webhook {Id} missed {Count} events that the journal no longer has")]
    private partial void LogMissed(string id, long count);

    [LoggerMessage(EventId = 7103, Level = LogLevel.Warning, Message = "Webhook {Id} waits: {Cause}")]
    private partial void LogWaiting(string id, string cause);
}

internal sealed record WebhookTimes(TimeProvider Time)
{
    /// <summary>Each wait is twice the one before, with jitter.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one event is tried before the next one.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromHours(24);
}
