using System.Collections.Concurrent;
using Recorder.Cluster.Nodes;
using Recorder.Node.Security;

namespace Recorder.Node.Api;

/// <summary>
/// Asks other nodes for the recorders that they hold: all at once, and each not for long. A node that gave no answer is not waited for again for a while, so
/// that a node that hangs delays one list and not every one.
/// </summary>
internal sealed class PeerRecorders(PeerLinks links, TimeProvider time)
{
    /// <summary>How long a list waits for a node.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // An answer that comes within this time ends the silence of its node.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SilentFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> _silentSince = new();

    /// <summary>Asks nodes for a page of what they hold.</summary>
    /// <param name="query">The query of the page, which is the same for all of them.</param>
    /// <returns>The pages of those that answered, by node.</returns>
    public async Task<IReadOnlyDictionary<string, RecorderPage>> AskAsync(IEnumerable<ClusterMember> holders, string query, Access access)
    {
        var pages = await Task.WhenAll(holders.DistinctBy(holder => holder.Name).Where(CanAsk).Select(async holder => (holder.Name, Page: await AskAsync(holder, query, access))));
        return pages.Where(answer => answer.Page is not null).ToDictionary(answer => answer.Name, answer => answer.Page!);
    }

    private bool CanAsk(ClusterMember holder) =>
        holder.IsAlive && !(_silentSince.TryGetValue(holder.Name, out var since) && time.GetElapsedTime(since) < SilentFor);

    private async Task<RecorderPage?> AskAsync(ClusterMember holder, string query, Access access)
    {
        try
        {
            return await ReadAsync(holder, query, access).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            _silentSince[holder.Name] = time.GetTimestamp();
            return null;
        }
    }

    private async Task<RecorderPage?> ReadAsync(ClusterMember holder, string query, Access access)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            using var response = await links.SendAsync(holder.Url, HttpMethod.Get, "/v1/recorders" + query, access, null, null, deadline.Token);
            if (!response.IsSuccessStatusCode)
                return null;

            var page = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(deadline.Token), ApiJson.RecorderPage);
            _silentSince.TryRemove(holder.Name, out _);
            return page;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            return null;
        }
    }
}
