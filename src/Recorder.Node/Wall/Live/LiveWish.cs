using Recorder.Node.Api;
using Recorder.Node.Security;

namespace Recorder.Node.Wall;

/// <summary>A recorder that a page wishes to see.</summary>
internal sealed class LiveWishItem
{
    /// <summary>The recorder's id.</summary>
    public string Recorder { get; set; } = "";

    /// <summary>Whether its preview is to be shown, where it has one.</summary>
    public bool Preview { get; set; }
}

/// <summary>What a page sends: all that it wishes, each time.</summary>
internal sealed class LiveWishInput
{
    /// <summary>The recorders to be seen.</summary>
    public List<LiveWishItem> Watch { get; set; } = [];

    /// <summary>The ids of the recorders whose audio levels are to be told.</summary>
    public List<string> Levels { get; set; } = [];
}

/// <summary>All that one socket wishes, checked.</summary>
internal sealed record LiveWish(IReadOnlyDictionary<RecorderId, bool> Watch, IReadOnlySet<RecorderId> Levels)
{
    public const int Most = 64;

    public static readonly LiveWish Nothing = new(new Dictionary<RecorderId, bool>(), new HashSet<RecorderId>());

    /// <exception cref="ProblemException">It cannot be read, or wishes too much, or what the key does not cover; nothing of it counts.</exception>
    public static LiveWish Read(ReadOnlyMemory<byte> text, Access access)
    {
        var input = JsonBody.Read(text, WallJsonContext.Default.LiveWishInput);
        if (input.Watch.Count > Most || input.Levels.Count > Most)
            throw new ProblemException(Problem.Exhausted($"At most {Most} recorders are watched over one connection, and the levels of as many told; leave some out."));

        var (watch, levels) = (new Dictionary<RecorderId, bool>(), new HashSet<RecorderId>());
        foreach (var item in input.Watch)
        {
            if (!watch.TryAdd(IdOf(item?.Recorder, access), item!.Preview))
                throw new ProblemException(Problem.Type($"'watch' names '{item.Recorder}' more than once; name it once."));
        }

        levels.UnionWith(input.Levels.Select(text => IdOf(text, access)));
        return new LiveWish(watch, levels);
    }

    /// <summary>The part of the wish that is about some recorders.</summary>
    public LiveWish Of(Func<RecorderId, bool> isMeant) =>
        new(Watch.Where(item => isMeant(item.Key)).ToDictionary(), Levels.Where(isMeant).ToHashSet());

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(
        new LiveWishInput
        {
            Watch = [.. Watch.Select(item => new LiveWishItem { Recorder = item.Key.Value, Preview = item.Value })],
            Levels = [.. Levels.Select(recorder => recorder.Value)],
        },
        WallJson.Plain.LiveWishInput);

    private static RecorderId IdOf(string? text, Access access)
    {
        var recorder = RecorderMapping.ReadId(text ?? "");
        return access.MaySee(recorder) ? recorder : throw new ProblemException(Problem.Forbidden($"Your key is not for the recorder '{recorder}'."));
    }
}
