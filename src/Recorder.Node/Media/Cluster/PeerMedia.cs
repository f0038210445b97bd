using Recorder.Node.Api;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Cluster.Nodes;
using Recorder.Cluster.Runtime;
using Recorder.Media;
using Recorder.Media.Fragments;
using Recorder.Node.Security;

namespace Recorder.Node.Media;

/// <summary>A part of a recording that is on a node that does not answer.</summary>
/// <param name="Node">The node.</param>
/// <param name="From">Where the part begins on the recording's timeline.</param>
/// <param name="To">Where it ends.</param>
internal sealed record MissingPart(string Node, TimeSpan From, TimeSpan To);

/// <summary>
/// What other nodes have of the recordings of this one: a recording that moved plays as one. Where their fragments are is asked once and kept;
/// their bytes come as they are sent.
/// </summary>
internal sealed class PeerMedia(NodeRuntime node, PeerLinks links)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly FragmentMaps _maps = new();
    private readonly PeerLinks _links = links;

    /// <summary>The extents of other nodes that overlap an interval, and where it is on one of them the first; none on a node of its own.</summary>
    public async Task<IReadOnlyList<Extent>> ListAsync(PlayedRecording recording, TimeSpan? from, TimeSpan? to, CancellationToken cancellationToken)
    {
        if (node.Joined is not { } cluster)
        {
            return [];
        }

        var far = recording as PeerRecording;
        // The index may lag behind what a node has told itself.
        var told = far?.Extents.Where(row => row.Number == 1 || (!(row.MediaTime + row.Duration <= from) && !(row.MediaTime >= to))).ToList() ?? [];
        try
        {
            var rows = await cluster.Index.ListExtentsAsync(recording.Key, from, to, cancellationToken, elsewhere: true);
            return far is null ? rows : [.. rows.Where(row => row.Node != far.Node), .. told];
        }
        catch (CatalogueUnavailableException)
        {
            // What is here plays although the index cannot be read.
            return told;
        }
    }

    /// <summary>Asks the node that has the last part of a recording for it.</summary>
    /// <param name="open">Opens what this node has of it; null for nothing.</param>
    /// <returns>Null when this node has the last part, or none has any.</returns>
    /// <exception cref="PeerAwayException">The node does not answer, and this one has nothing of it.</exception>
    public async Task<PeerRecording?> FindAsync(RecordingKey recording, Func<RecordingKey, LocalRecording?> open, CancellationToken cancellationToken)
    {
        if (node.Joined is not { } cluster)
            return null;

        PeerAwayException? away = null;
        foreach (var name in await CandidatesAsync(recording, cluster, cancellationToken))
        {
            if (name == cluster.Name)
            {
                if (open(recording) is not null)
                    return null;

                continue;
            }

            try
            {
                if (Find(name) is not { IsAlive: true } member)
                    away ??= new PeerAwayException(name, null);
                else if (await ReadAsync(recording, member, open, cancellationToken) is { } found)
                    return found;
            }
            catch (PeerAwayException gone)
            {
                away ??= gone;
            }
        }

        return away is null || open(recording) is not null ? null : throw away;
    }

    /// <summary>What the other nodes that have a part of an interval of a recording tell of it, without those that do not answer.</summary>
    public async Task<IReadOnlyList<PeerRecording>> ReadAsync(RecordingKey recording, TimeSpan from, TimeSpan to, CancellationToken cancellationToken)
    {
        if (node.Joined is not { } cluster)
            return [];

        var told = new List<PeerRecording>();
        foreach (var holder in await HoldersAsync(recording, cluster, cancellationToken))
        {
            if (holder.Node == cluster.Name || holder.From > to || holder.To < from || Find(holder.Node) is not { IsAlive: true } member)
                continue;

            try
            {
                if (await ReadAsync(recording, member, _ => null, cancellationToken, (from, to)) is { } part)
                    told.Add(part);
            }
            catch (PeerAwayException)
            {
                // What the others tell is as good without it.
            }
        }

        return told;
    }

    /// <summary>How many nodes have a part of a recording.</summary>
    public async Task<int> CountHoldersAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        node.Joined is { } cluster ? (await HoldersAsync(recording, cluster, cancellationToken)).Count : 1;

    /// <summary>The gaps of a recording in which no node recorded.</summary>
    public Task<IReadOnlyList<RecorderProtocol.GapRecorded>> ListGapsAsync(RecordingKey recording, CancellationToken cancellationToken) =>
        node.Joined!.Index.ListGapsAsync(recording, null, null, cancellationToken);

    /// <summary>The moment of the timeline at which something was captured; null when only this node can say.</summary>
    public async Task<TimeSpan?> MediaTimeOfAsync(RecordingKey recording, DateTimeOffset wall, CancellationToken cancellationToken)
    {
        try
        {
            return node.Joined is { } cluster && (await cluster.Index.HoldersAsync(recording, cancellationToken)).Any(holder => holder.Node != cluster.Name)
                ? await cluster.Index.MediaTimeOfAsync(recording, wall, cancellationToken)
                : null;
        }
        catch (CatalogueUnavailableException)
        {
            return null;
        }
    }

    public bool IsThere(Extent row) => Find(row.Node!) is { IsAlive: true };

    public IMediaSource SourceOf(RecordingKey recording, Extent row) => new PeerSource(this, row.Node!, PathOf(recording, row) + ".mp4");

    /// <summary>Where the fragments of an extent are; null when its node has it no longer.</summary>
    /// <exception cref="PeerAwayException">Its node does not answer.</exception>
    public async Task<ExtentPart?> OpenAsync(RecordingKey recording, Extent row, CancellationToken cancellationToken)
    {
        // One that grows is another then.
        var name = string.Create(CultureInfo.InvariantCulture, $"{row.Node}:{recording}/{row.Number}@{row.Bytes}");
        if (_maps.Find(name) is not { } map)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(Deadline);
            try
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"{PathOf(recording, row)}/fragments?bytes={row.Bytes}");
                using var response = await _links.SendAsync(Require(row.Node!), HttpMethod.Get, path, Access.Unguarded, null, null, deadline.Token);
                if (response.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Gone)
                {
                    return null;
                }

                response.EnsureSuccessStatusCode();
                using var bytes = new MemoryStream(await response.Content.ReadAsByteArrayAsync(deadline.Token));
                using var reader = new BinaryReader(bytes);
                map = FragmentMap.Read(reader);
            }
            catch (Exception broken) when (broken is HttpRequestException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                throw new PeerAwayException(row.Node!, broken);
            }
        }

        _maps.Store(name, map);
        return new ExtentPart(row, map) { Source = SourceOf(recording, row) };
    }

    // The node with the last part knows whether the recording goes on. The index may not know yet of one that has just begun.
    private static async Task<IReadOnlyList<string>> CandidatesAsync(RecordingKey recording, ClusterRuntime cluster, CancellationToken cancellationToken)
    {
        List<string> names = [];
        try
        {
            names.AddRange((await cluster.Index.HoldersAsync(recording, cancellationToken))
                .OrderByDescending(holder => holder.To).ThenByDescending(holder => holder.Node == cluster.Name).Select(holder => holder.Node));
        }
        catch (CatalogueUnavailableException)
        {
            names.Add(cluster.Name);
        }

        if (cluster.Routes.Find(recording.Recorder)?.Holder is { } route && !names.Contains(route.Name))
            names.Add(route.Name);

        return names;
    }

    private static async Task<IReadOnlyList<Recorder.Cluster.Index.Holder>> HoldersAsync(
        RecordingKey recording, ClusterRuntime cluster, CancellationToken cancellationToken)
    {
        try
        {
            return await cluster.Index.HoldersAsync(recording, cancellationToken);
        }
        catch (CatalogueUnavailableException)
        {
            return [];
        }
    }

    private async Task<PeerRecording?> ReadAsync(
        RecordingKey recording, ClusterMember member, Func<RecordingKey, LocalRecording?> open, CancellationToken cancellationToken,
        (TimeSpan From, TimeSpan To)? interval = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            using var response = await _links.SendAsync(member.Url, HttpMethod.Get, PeerRecordings.PathOf(recording, interval), Access.Unguarded, null, null, deadline.Token);
            if (response.StatusCode is System.Net.HttpStatusCode.NotFound)
                return null;

            response.EnsureSuccessStatusCode();
            return PeerRecordings.Read(recording, member.Name, await response.Content.ReadAsByteArrayAsync(deadline.Token), open(recording));
        }
        catch (Exception broken) when (broken is HttpRequestException or InvalidDataException || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new PeerAwayException(member.Name, broken);
        }
    }

    private static string PathOf(RecordingKey recording, Extent row) =>
        string.Create(CultureInfo.InvariantCulture, $"/v1/recordings/{recording}/extents/{row.Number}");

    private ClusterMember? Find(string name) => node.Joined?.View.Find(name);

    private Uri Require(string name) => Find(name)?.Url ?? throw new PeerAwayException(name, null);

    private sealed record PeerSource(PeerMedia Peers, string Node, string Path) : IMediaSource
    {
        public IMediaFile Open() => new PeerFile(Peers, Node, Path);
    }

    // What is read follows what was read before, nearly always: one answer is read on as long as it does.
    private sealed class PeerFile(PeerMedia peers, string name, string path) : IMediaFile
    {
        private HttpResponseMessage? _response;
        private Stream? _stream;
        private long _at;

        public int Read(Span<byte> into, long offset)
        {
            if (_stream is null || offset != _at)
            {
                Close();
                _response = Check(Send(offset), offset);
                _stream = _response.Content.ReadAsStream();
            }

            return Advance(_stream.Read(into));
        }

        public async ValueTask<int> ReadAsync(Memory<byte> into, long offset, CancellationToken cancellationToken)
        {
            if (_stream is null || offset != _at)
            {
                Close();
                _response = Check(
                    await peers._links.SendAsync(peers.Require(name), HttpMethod.Get, path, Access.Unguarded, null, request => From(request, offset), cancellationToken), offset);
                _stream = await _response.Content.ReadAsStreamAsync(cancellationToken);
            }

            return Advance(await _stream.ReadAsync(into, cancellationToken));
        }

        public void Dispose() => Close();

        private HttpResponseMessage Send(long offset)
        {
            try
            {
                return peers._links.Send(peers.Require(name), HttpMethod.Get, path, Access.Unguarded, request => From(request, offset));
            }
            catch (HttpRequestException broken)
            {
                throw new PeerAwayException(name, broken);
            }
        }

        private static void From(HttpRequestMessage request, long offset) =>
            request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(offset, null);

        private HttpResponseMessage Check(HttpResponseMessage response, long offset)
        {
            _at = offset;
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            response.Dispose();
            throw new IOException($"Node {name} does not hand out {path}: {(int)response.StatusCode}.");
        }

        private int Advance(int read)
        {
            _at += read;
            return read;
        }

        private void Close()
        {
            _stream?.Dispose();
            _response?.Dispose();
            (_stream, _response) = (null, null);
        }
    }
}
