using System.Collections.Concurrent;
using System.Security.Cryptography;
using Recorder.Actors.Catalogue;
using Recorder.Node.Security;

namespace Recorder.Node.Webhooks;

/// <summary>The webhooks of a node and their deliveries. Safe to use from any thread.</summary>
internal sealed class WebhookDirectory : IAsyncDisposable
{
    public const int Most = 100;

    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly WebhookStore _store;
    private readonly WebhookSender _sender;
    private readonly ICatalogue _catalogue;
    private readonly WebhookTimes _times;
    private readonly ILogger _logger;

    public WebhookDirectory(string folder, NodeSecurity security, ICatalogue catalogue, WebhookTimes times, ILogger logger)
    {
        (_catalogue, _times, _logger) = (catalogue, times, logger);
        _store = new WebhookStore(folder, security.Secrets);
        _sender = new WebhookSender(security.Sources, times.Time);
        foreach (var (webhook, state) in _store.Load())
            Run(webhook, state);
    }

    public IReadOnlyList<WebhookDelivery> List() =>
        [
            .. _running.Values.Select(running => running.Delivery)
                .OrderBy(delivery => delivery.Webhook.CreatedAt).ThenBy(delivery => delivery.Webhook.Id, StringComparer.Ordinal),
        ];

    public WebhookDelivery? Find(string id) => _running.GetValueOrDefault(id)?.Delivery;

    /// <summary>Null if there are too many webhooks.</summary>
    public Task<WebhookDelivery?> AddAsync(
        string url, string? secret, IReadOnlyList<string> recorders, IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        AloneAsync(async () =>
        {
            if (_running.Count >= Most)
                return null;

            var webhook = new Webhook
            {
                Id = "wh-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)),
                Url = url,
                Secret = secret ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
                Recorders = recorders,
                Kinds = kinds,
                CreatedAt = _times.Time.GetUtcNow(),
                After = await _catalogue.LastEventAsync(cancellationToken),
            };
            _store.Save(webhook);
            return Run(webhook, new WebhookState(webhook.After));
        }, cancellationToken);

    /// <summary>The delivery continues where it was, even if the receiver was gone.</summary>
    public Task<WebhookDelivery?> ChangeAsync(string id, Func<Webhook, Webhook> change, CancellationToken cancellationToken) =>
        AloneAsync(async () =>
        {
            if (!_running.TryGetValue(id, out var running))
                return null;

            var webhook = change(running.Delivery.Webhook);
            _store.Save(webhook);
            await running.EndAsync();
            return Run(webhook, running.Delivery.State with { IsGone = false, Failures = 0, Problem = null });
        }, cancellationToken);

    public Task<bool> RemoveAsync(string id, CancellationToken cancellationToken) => AloneAsync(async () =>
    {
        if (!_running.TryRemove(id, out var running))
            return false;

        await running.EndAsync();
        _store.Remove(id);
        return true;
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Values.Select(running => running.EndAsync()));
        _sender.Dispose();
        _turn.Dispose();
    }

    private async Task<T> AloneAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private WebhookDelivery Run(Webhook webhook, WebhookState state)
    {
        var delivery = new WebhookDelivery(webhook, state, _store, _sender, _catalogue, _times, _logger);
        _running[webhook.Id] = new Running(delivery);
        return delivery;
    }

    private sealed class Running
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly Task _task;

        public Running(WebhookDelivery delivery)
        {
            Delivery = delivery;
            _task = Task.Run(() => delivery.RunAsync(_ending.Token));
        }

        public WebhookDelivery Delivery { get; }

        public async Task EndAsync()
        {
            await _ending.CancelAsync();
#pragma warning disable VSTHRD003 // The constructor started the task on the thread pool.
            await _task;
#pragma warning restore VSTHRD003
            _ending.Dispose();
        }
    }
}
