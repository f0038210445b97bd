using Recorder.Actors.Catalogue.Sql;
using Recorder.Cluster.Following;
using Recorder.Cluster.Index;
using Recorder.Node.Security;

namespace Recorder.Node.Cluster;

/// <summary>The journal of another node, over HTTP.</summary>
internal sealed class HttpJournalSource(HttpMessageInvoker invoker, Uri url) : IJournalSource
{
    // Longer than the other node waits for something new.
    private static readonly TimeSpan AnswerTimeout = OwnJournal.MaxWait + TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CopyTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LineTimeout = TimeSpan.FromSeconds(30);

    public async Task<JournalAnswer> ReadAsync(IndexPosition? position, int limit, CancellationToken cancellationToken)
    {
        var query = position is not { } at ? "" : string.Create(
            CultureInfo.InvariantCulture, $"&start={at.Journal.Start}&after={at.Journal.Number}&change={at.Change}");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerTimeout);
        using var response = await GetAsync(JournalEndpoints.Journal, $"?limit={limit}{query}", deadline.Token);
        return IndexJson.ReadAnswer(await response.Content.ReadAsByteArrayAsync(deadline.Token));
    }

    public Task<JournalAnswer?> ReadEventsAsync(long after, int limit, CancellationToken cancellationToken) => TryReadAsync(
        string.Create(CultureInfo.InvariantCulture, $"?limit={limit}&events=true&after={after}"), AnswerTimeout, cancellationToken);

    public async Task<JournalAnswer?> ReadCopyAsync(string node, IndexPosition position, int limit, CancellationToken cancellationToken)
    {
        var (start, after) = (position.Journal.Start, position.Journal.Number);
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={limit}&copy={node}&start={start}&after={after}&change={position.Change}");
        return await TryReadAsync(query, CopyTimeout, cancellationToken) is { Position: not null } answer ? answer : null;
    }

    private async Task<JournalAnswer?> TryReadAsync(string query, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using var response = await GetAsync(JournalEndpoints.Journal, query, deadline.Token);
            return IndexJson.ReadAnswer(await response.Content.ReadAsByteArrayAsync(deadline.Token));
        }
        catch (HttpRequestException refused) when (refused.StatusCode == System.Net.HttpStatusCode.BadRequest)
        {
            // A node of an earlier version does not know the question.
            return null;
        }
    }

    public async Task<SnapshotEnd> CopyAsync(Func<CatalogueCopy, Task> take, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(LineTimeout);
        using var response = await GetAsync(JournalEndpoints.Snapshot, "", deadline.Token);
        await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
        using var lines = new StreamReader(body);
        while (true)
        {
            deadline.CancelAfter(LineTimeout);
            var line = await lines.ReadLineAsync(deadline.Token)
                ?? throw new IOException($"The node at {url} ended its snapshot before it was complete.");
            // What it takes to apply a page is not the other node's time.
            deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            var (page, end) = SnapshotJson.Read(line);
            if (end is not null)
                return end;

            await take(page!);
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string query, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, path + query));
        request.Options.Set(SealingHandler.Asking, Access.Unguarded);
        // An invoker sends the answer's headers on as soon as they are there: a snapshot is read line by line.
        var response = await invoker.SendAsync(request, cancellationToken);
        try
        {
            return response.EnsureSuccessStatusCode();
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
