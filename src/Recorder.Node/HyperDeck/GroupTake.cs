using Recorder.Actors.Takes;
using Recorder.Node.Api;
using Recorder.Node.Http;
using Recorder.Node.Security;

namespace Recorder.Node.HyperDeck;

/// <summary>
/// The take that a deck records: the open one all of whose recorders are of the group, whoever armed it, so that the deck finds it again after a
/// restart of the node. Throws <see cref="ProblemException"/> where a take refuses.
/// </summary>
internal sealed class GroupTake(HyperDeckGroup group, TakeClient takes, TimeProvider time)
{
    private const int LongestScene = 64;
    private const int MostListed = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A camera that sends a key frame less often joins the take late.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Begins a take at the first moment from now on of which all recorders keep media.</summary>
    /// <param name="name">Becomes the scene, as far as it can be part of a file's name; null for the group's name.</param>
    /// <returns>The take; null when no recorder of it could begin.</returns>
    public async Task<Take?> BeginAsync(IEnumerable<RecorderId> recorders, string? name, TimeCodeRate rate)
    {
        var asked = time.GetUtcNow();
        var take = await takes.ArmAsync(
            new TakeProtocol.Arm
            {
                Angles = [.. recorders.Select(recorder => new TakeProtocol.AngleRequest(recorder))],
                Slate = new Slate { Scene = SceneOf(name ?? group.Name) },
                Rate = rate.ToString(),
                LeastTimeLeft = TimeSpan.Zero,
            },
            Access.Unguarded);
        try
        {
            while (take.Angles.Any(MayBecomeReady) && time.GetUtcNow() - asked < Patience)
            {
                // Also when the client has gone meanwhile: it asked for a recording.
                await Task.Delay(Interval, time, CancellationToken.None);
                take = await SendAsync(new TakeProtocol.Get(take.Id));
            }

            var ready = take.Angles.Where(angle => angle.State == AngleState.Ready).ToList();
            // A camera whose clock is ahead keeps media of moments to come by its own account: the take begins all the same.
            var moment = ready.Select(angle => angle.ReadyFrom).Append(asked).Max();
            if (ready.Count > 0)
                return await SendAsync(new TakeProtocol.Start(take.Id, moment < time.GetUtcNow() ? moment : null));
        }
        catch (ProblemException)
        {
            await SendAsync(new TakeProtocol.Stop(take.Id));
            throw;
        }

        // Its recorders are let go.
        await SendAsync(new TakeProtocol.Stop(take.Id));
        return null;
    }

    /// <summary>Returns the take of the group that is open; null when there is none.</summary>
    public async Task<Take?> FindAsync(IReadOnlySet<RecorderId> members) =>
        (await takes.ListAsync(MostListed, Access.Unguarded)).FirstOrDefault(
            take => take is { IsOpen: true, At: not null } && take.Angles.All(angle => members.Contains(angle.Recorder)));

    /// <returns>The take; null when it cannot be told, for example because another node runs it: then its recorders are told one by one.</returns>
    public Task<Take?> TryStopAsync(Take take) => TryAsync(() => SendAsync(new TakeProtocol.Stop(take.Id)));

    /// <summary>Begins a new file of each recorder that records.</summary>
    /// <returns>Null when the take cannot be told.</returns>
    public Task<TakeProtocol.Commanded?> TrySplitAsync(Take take) =>
        TryAsync(() => takes.SendAsync<TakeProtocol.Commanded>(new TakeProtocol.Command(take.Id, TakeVerb.Split), Access.Unguarded));

    /// <summary>Whether the take has a recorder, or will have it as soon as its camera sends a key frame.</summary>
    public static bool Has(Take? take, RecorderId recorder) =>
        take?.Angles.FirstOrDefault(angle => angle.Recorder == recorder) is { } angle && (TakeProgress.HasBegun(angle) || MayBecomeReady(angle));

    /// <summary>Whether a recorder waits for its camera.</summary>
    public static bool MayBecomeReady(TakeAngle angle) =>
        angle.State is AngleState.NotReady or AngleState.Missing && angle.Obstacle is TakeObstacle.NoKeyFrame or TakeObstacle.SourceLost or TakeObstacle.Unreachable;

    private static async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private Task<Take> SendAsync(TakeProtocol.IRequest request) => takes.SendAsync<Take>(request, Access.Unguarded);

    // Names of decks may contain what names of files cannot.
    private static string SceneOf(string name)
    {
        var scene = string.Concat(name.Select(letter => SlateCheck.Forbidden.Contains(letter) ? '-' : letter));
        return scene[..Math.Min(scene.Length, LongestScene)].Trim() is { Length: > 0 } kept ? kept : "1";
    }
}
