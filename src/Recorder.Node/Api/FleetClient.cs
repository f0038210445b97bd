using System.Collections.Concurrent;
using Recorder.Actors;
using Recorder.Contracts;
using Recorder.Node.Serve;

namespace Recorder.Node.Api;

/// <summary>The node's recorders as endpoints ask for them: the one place where HTTP waits for actors.</summary>
internal sealed class FleetClient(RecorderRuntime runtime, ServeOptions options)
{
    private readonly ConcurrentDictionary<RecorderId, RecorderDefinition> _definitions = new();

    /// <summary>All definitions, by id.</summary>
    public Task<IReadOnlyList<RecorderDefinition>> ListAsync() =>
        Task.FromResult<IReadOnlyList<RecorderDefinition>>(
            [.. _definitions.Values.OrderBy(definition => definition.Id.Value, StringComparer.Ordinal)]);

    /// <summary>One definition; null when there is no such recorder.</summary>
    public Task<RecorderDefinition?> FindAsync(RecorderId recorder) => Task.FromResult(_definitions.GetValueOrDefault(recorder));

    /// <summary>Makes a recorder.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public async Task DefineAsync(RecorderDefinition definition)
    {
        var target = new RecordingTarget(options.RecordingsFolder);
        Expect(await runtime.AskAsync(new RecordersProtocol.Create(definition.Id, definition.Source, definition.Options, target)));
        _definitions[definition.Id] = definition;
    }

    /// <summary>Replaces a definition; what is recorded at the time goes on as it began.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public async Task ChangeAsync(RecorderDefinition definition)
    {
        if (_definitions[definition.Id] is var current && (current.Options != definition.Options || current.Source != definition.Source))
        {
            await RemoveAsync(definition.Id);
            await DefineAsync(definition);
        }

        _definitions[definition.Id] = definition;
    }

    /// <summary>Removes a recorder and its definition; its recordings stay.</summary>
    public async Task RemoveAsync(RecorderId recorder)
    {
        Expect(await runtime.AskAsync(new RecordersProtocol.Remove(recorder)));
        _definitions.TryRemove(recorder, out _);
    }

    /// <summary>Carries out a command; the state reached.</summary>
    /// <exception cref="ProblemException">It was refused.</exception>
    public async Task<RecorderState> CommandAsync(RecorderProtocol.ICommand command) =>
        Expect(await runtime.AskAsync(command)) is RecorderProtocol.Accepted accepted ? accepted.State : RecorderState.Unknown;

    /// <summary>A recorder as it is now; null when it does not say.</summary>
    public async Task<RecorderProtocol.Status?> StatusAsync(RecorderId recorder)
    {
        try
        {
            return await runtime.AskAsync(new RecorderProtocol.GetStatus(recorder)) as RecorderProtocol.Status;
        }
        catch (UnknownError)
        {
            // It hangs: the others can still be listed, and this one's definition.
            return null;
        }
    }

    private static object Expect(object answer) =>
        answer is RecorderProtocol.Refused refused ? throw new ProblemException(Problem.Refused(refused)) : answer;
}
