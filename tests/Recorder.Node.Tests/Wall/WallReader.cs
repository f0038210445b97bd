using System.Text.Json.Nodes;
using Recorder.Node.Tests.Api;

namespace Recorder.Node.Tests.Wall;

/// <summary>Reads a wall as a page does: keeps the tiles, and changes them as it is told.</summary>
internal sealed class WallReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly EventReader _events;

    private WallReader(EventReader events) => _events = events;

    public Dictionary<string, JsonNode> Tiles { get; } = [];

    public static async Task<WallReader> OpenAsync(HttpClient client, string query = "")
    {
        var reader = new WallReader(await EventReader.OpenAsync(client, "/v1/wall" + query));
        await reader.ReadAsync();
        return reader;
    }

    /// <summary>Reads until a tile is as it is waited for.</summary>
    public async Task<JsonNode> TileAsync(string recorder, Func<JsonNode, bool> isSo)
    {
        await UntilAsync(() => Tiles.TryGetValue(recorder, out var tile) && isSo(tile));
        return Tiles[recorder];
    }

    public Task<JsonNode> TileAsync(string recorder, string status) => TileAsync(recorder, tile => (string?)tile["status"] == status);

    public async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await ReadAsync().WaitAsync(Patience);
    }

    public void Dispose() => _events.Dispose();

    private async Task ReadAsync()
    {
        var told = (await _events.NextAsync()).ShouldNotBeNull();
        if (told.Name == "wall")
            Tiles.Clear();
        else
            told.Name.ShouldBe("tiles");

        foreach (var tile in told.Data["tiles"]!.AsArray())
            Tiles[(string)tile!["id"]!] = tile;

        foreach (var gone in told.Data["gone"]?.AsArray() ?? [])
            Tiles.Remove((string)gone!);
    }
}
