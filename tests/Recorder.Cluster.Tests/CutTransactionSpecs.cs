using Dapper;
using Recorder.Actors.Cluster;
using Recorder.Cluster.Tests.Harness;
using Recorder.Integration.Tests.Harness;

namespace Recorder.Cluster.Tests;

/// <summary>A node that is cut off while it holds rows of the database.</summary>
public class CutTransactionSpecs
{
    private const string Row = "SELECT value FROM secrets WHERE name = 'it'";

    [Fact]
    public async Task Rows_that_a_node_held_when_it_was_cut_off_are_free_for_the_others_within_seconds()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var cut = new PostgresDatabase(server.Connection);
        cut.Migrate();
        await cut.SecretAsync("it", default);
        await using var other = new PostgresDatabase(server.Connection);
        var holds = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ending = new CancellationTokenSource();
        var held = cut.AskAsync(
            async connection =>
            {
                await connection.ExecuteAsync($"{Row} FOR SHARE");
                holds.SetResult();
                await Task.Delay(Timeout.Infinite, ending.Token); // Nothing comes from it any more, and nobody says so.
                return 0;
            },
            default);
        await holds.Task;
        const string Free = $"{Row} FOR UPDATE SKIP LOCKED";
        (await other.AskAsync(connection => connection.QueryAsync(Free), default)).ShouldBeEmpty();

        var waited = TimeProvider.System.GetTimestamp();
        while (!(await other.AskAsync(connection => connection.QueryAsync(Free), default)).Any())
        {
            TimeProvider.System.GetElapsedTime(waited).ShouldBeLessThan(RecorderProcess.Patience);
            await Task.Delay(100);
        }

        await ending.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(held);
    }
}
